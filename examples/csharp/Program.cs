// Lists a tenant's incidents as an app, with MSAL.NET.
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Identity.Client;

static string Setting(string name, string? otherwise = null) =>
    Environment.GetEnvironmentVariable(name) ?? otherwise
    ?? throw new InvalidOperationException($"Set the environment variable {name}.");

var secretFile = Environment.GetEnvironmentVariable("CLIENT_SECRET_FILE");
var secret = secretFile is null ? Setting("CLIENT_SECRET") : File.ReadAllText(secretFile).Trim();
var login = Setting("LOGIN_URL", "https://localhost:8443");
var api = Setting("API_URL", "https://localhost:8443");

var app = ConfidentialClientApplicationBuilder
    .Create(Setting("CLIENT_ID"))
    .WithClientSecret(secret)
    // The public cloud knows nothing of this host, so MSAL.NET must not ask it.
    .WithAuthority($"{login}/{Setting("TENANT_ID")}", validateAuthority: false)
    .WithInstanceDiscovery(false)
    .Build();
var token = await app.AcquireTokenForClient(["https://api.security.microsoft.com/.default"]).ExecuteAsync();

using var client = new HttpClient { BaseAddress = new Uri(api) };
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);

const int pageSize = 100;
for (var skip = 0; ; skip += pageSize)
{
    using var response = await client.GetAsync($"/api/incidents?$top={pageSize}&$skip={skip}");
    using var page = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
    if (page.RootElement.TryGetProperty("error", out var error))
    {
        Console.Error.WriteLine($"{error.GetProperty("code")}: {error.GetProperty("message")}");
        return 1;
    }
    var incidents = page.RootElement.GetProperty("value");
    foreach (var incident in incidents.EnumerateArray())
    {
        var columns = new[] { "incidentId", "severity", "status", "incidentName" };
        Console.WriteLine(string.Join('\t', columns.Select(name => incident.GetProperty(name).ToString())));
    }
    if (incidents.GetArrayLength() < pageSize) return 0;
}
