"""Debian's msal for Python: the task comes as one line of JSON, the library's own answer goes out as one."""
import json
import sys

import msal

task = json.loads(sys.stdin.readline())
options = {
    "authority": f"{task['url']}/{task['tenant']}",
    "instance_discovery": False,
    "verify": task["caFile"],
}


def confidential(credential):
    return msal.ConfidentialClientApplication(task["clientId"], client_credential=credential, **options)


def with_device():
    client = msal.PublicClientApplication(task["clientId"], **options)
    flow = client.initiate_device_flow(scopes=[task["scope"]])
    print(json.dumps({"ask": flow.get("user_code")}), flush=True)
    flow["interval"] = 1
    return client.acquire_token_by_device_flow(flow)


if task["flow"] == "secret":
    result = confidential(task["secret"]).acquire_token_for_client(scopes=[task["scope"]])
elif task["flow"] == "certificate":
    credential = {
        "thumbprint": task["thumbprint"],
        "private_key": task["privateKey"],
        "public_certificate": task["certificate"],
    }
    result = confidential(credential).acquire_token_for_client(scopes=[task["scope"]])
else:
    result = with_device()
print(json.dumps({"result": result}), flush=True)
