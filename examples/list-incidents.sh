#!/bin/sh
# Lists a tenant's incidents as an app, with curl. Prints the first page as JSON. Secrets travel through standard input, because
# everybody on the machine can read a program's arguments.
set -eu

: "${TENANT_ID:?Set the environment variable TENANT_ID.}" "${CLIENT_ID:?Set the environment variable CLIENT_ID.}"
login_url=${LOGIN_URL:-https://localhost:8443}
api_url=${API_URL:-https://localhost:8443}
if [ -n "${CLIENT_SECRET_FILE:-}" ]; then
  CLIENT_SECRET=$(cat "$CLIENT_SECRET_FILE")
fi
: "${CLIENT_SECRET:?Set CLIENT_SECRET_FILE or CLIENT_SECRET.}"

call() {
  if [ -n "${CA_FILE:-}" ]; then
    curl --silent --show-error --max-time 30 --cacert "$CA_FILE" "$@"
  else
    curl --silent --show-error --max-time 30 "$@"
  fi
}

answer=$(
  printf '%s' "$CLIENT_SECRET" | call "$login_url/$TENANT_ID/oauth2/v2.0/token" \
    --data-urlencode "client_id=$CLIENT_ID" \
    --data-urlencode "client_secret@-" \
    --data-urlencode "scope=https://api.security.microsoft.com/.default" \
    --data-urlencode "grant_type=client_credentials"
)
token=$(printf '%s' "$answer" | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
if [ -z "$token" ]; then
  printf '%s\n' "$answer" >&2
  exit 1
fi

printf 'header = "Authorization: Bearer %s"\n' "$token" |
  call --config - --fail-with-body "$api_url/api/incidents?\$top=100"
