"""Lists a tenant's incidents as an app, with Python's standard library alone."""
import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

PAGE_SIZE = 100
SCOPE = "https://api.security.microsoft.com/.default"


def setting(name, otherwise=None):
    value = os.environ.get(name, otherwise)
    if value is None:
        sys.exit(f"Set the environment variable {name}.")
    return value


def client_secret():
    file = os.environ.get("CLIENT_SECRET_FILE")
    if file is None:
        return setting("CLIENT_SECRET")
    with open(file, encoding="utf-8") as stream:
        return stream.read().strip()


def call(request):
    """The JSON answer; an error of the server ends the program with its own words."""
    context = ssl.create_default_context(cafile=os.environ.get("CA_FILE"))
    try:
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        body = json.load(refusal)
        error = body.get("error")
        sys.exit(body.get("error_description") or f"{error['code']}: {error['message']}")


def take_token():
    tenant = urllib.parse.quote(setting("TENANT_ID"))
    form = urllib.parse.urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": setting("CLIENT_ID"),
            "client_secret": client_secret(),
            "scope": SCOPE,
        }
    )
    login = setting("LOGIN_URL", "https://localhost:8443")
    return call(urllib.request.Request(f"{login}/{tenant}/oauth2/v2.0/token", data=form.encode()))["access_token"]


def incidents(token):
    api = setting("API_URL", "https://localhost:8443")
    skip = 0
    while True:
        query = urllib.parse.urlencode({"$top": PAGE_SIZE, "$skip": skip})
        request = urllib.request.Request(f"{api}/api/incidents?{query}", headers={"Authorization": f"Bearer {token}"})
        page = call(request)["value"]
        yield from page
        if len(page) < PAGE_SIZE:
            return
        skip += PAGE_SIZE


if __name__ == "__main__":
    for incident in incidents(take_token()):
        print(incident["incidentId"], incident["severity"], incident["status"], incident["incidentName"], sep="\t")
