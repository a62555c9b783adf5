# Lists a tenant's incidents as an app, with PowerShell 7.
$ErrorActionPreference = 'Stop'

function Get-Setting([string] $Name, [string] $Otherwise) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if ($value) { return $value }
    if ($Otherwise) { return $Otherwise }
    throw "Set the environment variable $Name."
}

$secret = if ($env:CLIENT_SECRET_FILE) { (Get-Content -Raw $env:CLIENT_SECRET_FILE).Trim() } else { Get-Setting 'CLIENT_SECRET' }
$login = Get-Setting 'LOGIN_URL' 'https://localhost:8443'
$api = Get-Setting 'API_URL' 'https://localhost:8443'
$tenant = Get-Setting 'TENANT_ID'

$form = @{
    client_id     = Get-Setting 'CLIENT_ID'
    client_secret = $secret
    scope         = 'https://api.security.microsoft.com/.default'
    grant_type    = 'client_credentials'
}
$token = (Invoke-RestMethod -Method Post -Uri "$login/$tenant/oauth2/v2.0/token" -Body $form).access_token

$skip = 0
do {
    $uri = "$api/api/incidents?`$top=100&`$skip=$skip"
    $page = @((Invoke-RestMethod -Uri $uri -Headers @{ Authorization = "Bearer $token" }).value)
    $page | Select-Object incidentId, severity, status, incidentName
    $skip += 100
} while ($page.Count -eq 100)
