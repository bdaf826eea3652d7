using System.Net;
using System.Text.Json;
using OS2iot.Api.Http;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ApplicationFieldTests(ApiHost api)
{
    [Fact]
    [Covers("POST /application")]
    [Covers("GET /application/:id")]
    public async Task Create_WithMetadataAndContactPersons_ShowsThem()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsApplicationAdminOf(organization);
        const string Metadata = """{"floor":"2","æ":"ø"}""";

        var created = (await admin.Post("application", new
        {
            name = ApiHost.Name("application"),
            organizationId = organization,
            metadata = Metadata,
            contactPersons = new object[] { new { name = "Ida", role = "Owner", email = "ida@example.dk", phone = "+45123456" }, new { name = "Bo", phone = (string?)null } },
        })).Is(HttpStatusCode.Created);

        Assert.Equal(Metadata, created["metadata"].GetString());
        var persons = created["contactPersons"];
        Assert.Equal(["createdAt", "email", "id", "name", "phone", "role", "updatedAt"], persons[0].EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal([("Ida", "Owner", "+45123456"), ("Bo", null, null)], persons.EnumerateArray().Select(p => (Text(p, "name")!, Text(p, "role"), Text(p, "phone"))));
        var shown = (await admin.Get($"application/{created.Id()}")).Status;
        Assert.Equal(HttpStatusCode.Forbidden, shown);
        Assert.Equal(2, (await (await api.SignedInAsGlobalAdmin()).Get($"application/{created.Id()}"))["contactPersons"].GetArrayLength());
        Assert.Equal(Metadata, (await (await api.SignedInAsUserAdminOf(organization)).Get("application"))["data"][0].GetProperty("metadata").GetString());
    }

    [Fact]
    [Covers("PUT /application/:id")]
    public async Task Update_OfContactPersons_KeepsRowsWithAnIdAndReplacesTheRest()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        var name = ApiHost.Name("application");
        var created = (await admin.Post("application", new
        {
            name,
            organizationId = organization,
            metadata = """{"a":"b"}""",
            contactPersons = new object[] { new { name = "Ida", email = "ida@example.dk" }, new { name = "Bo" } },
        })).Is(HttpStatusCode.Created);
        var (id, ida, bo) = (created.Id(), Id(created["contactPersons"][0]), Id(created["contactPersons"][1]));
        Task<Answer> Put(object body) => admin.Put($"application/{id}", body);

        var changed = (await Put(new
        {
            name,
            organizationId = organization,
            contactPersons = new object[] { new { id = bo, name = "Bodil" }, new { id = 2_000_000_000, name = "New" }, new { id = bo, name = "Twice" } },
        })).Is(HttpStatusCode.OK);
        Assert.Equal(["Bodil", "New", "Twice"], changed["contactPersons"].EnumerateArray().Select(p => Text(p, "name")));
        Assert.Equal(bo, Id(changed["contactPersons"][0]));
        Assert.DoesNotContain(changed["contactPersons"].EnumerateArray().Select(Id), i => i == ida || i == 2_000_000_000);
        Assert.Equal("""{"a":"b"}""", changed["metadata"].GetString());

        var untouched = (await Put(new { name, organizationId = organization, metadata = (string?)null })).Is(HttpStatusCode.OK);
        Assert.Equal(3, untouched["contactPersons"].GetArrayLength());
        Assert.Null(untouched["metadata"].GetString());
        Assert.Empty((await Put(new { name, organizationId = organization, contactPersons = (object?)null })).Is(HttpStatusCode.OK)["contactPersons"].EnumerateArray());
    }

    [Fact]
    [Covers("PUT /application/:id")]
    public async Task Update_WithAPersonOfAnotherApplication_LeavesThatOneAlone()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        object Body(string name, object person) => new { name, organizationId = organization, contactPersons = new[] { person } };
        var victim = (await admin.Post("application", Body(ApiHost.Name("victim"), new { name = "Ida" }))).Is(HttpStatusCode.Created);
        var own = ApiHost.Name("own");
        var id = (await admin.Post("application", Body(own, new { name = "Bo" }))).Id();

        (await admin.Put($"application/{id}", Body(own, new { id = Id(victim["contactPersons"][0]), name = "Taken" }))).Is(HttpStatusCode.OK);

        Assert.Equal("Ida", Text((await admin.Get($"application/{victim.Id()}"))["contactPersons"][0], "name"));
    }

    [Fact]
    [Covers("POST /application")]
    public async Task Create_WithWrongMetadataOrPersons_NamesEveryRule()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        Task<Answer> Post(object? metadata, object? contactPersons) =>
            admin.Post("application", new { name = ApiHost.Name("x"), organizationId = organization, metadata, contactPersons });

        Assert.Equal(["isJson", "isMetadataJson"], (await Post("no json", null)).Is(HttpStatusCode.BadRequest).Rules("metadata"));
        Assert.Contains("MESSAGE.INVALID-VALUE-IN-KEY-VALUE-PAIR", (await Post("""{"a":1}""", null)).Is(HttpStatusCode.BadRequest).Text, StringComparison.Ordinal);
        Assert.Contains("MESSAGE.INVALID-KEY-IN-KEY-VALUE-PAIR", (await Post("""{" ":"a"}""", null)).Is(HttpStatusCode.BadRequest).Text, StringComparison.Ordinal);
        Assert.Equal(["isArray"], (await Post(null, "Ida")).Is(HttpStatusCode.BadRequest).Rules("contactPersons"));

        var answer = (await Post(null, new object[] { new { name = "Ida" }, new { id = "1", role = new string('x', 101), email = 1, phone = "call me maybe" } })).Is(HttpStatusCode.BadRequest);
        var second = answer["message"][0].GetProperty("children")[0];
        Assert.Equal("1", Text(second, "property"));
        Assert.Equal(
            ["email: isString maxLength", "id: isInt", "name: isString maxLength minLength", "phone: isPhoneNumberString maxLength", "role: maxLength"],
            second.GetProperty("children").EnumerateArray()
                .Select(f => $"{Text(f, "property")}: {string.Join(' ', f.GetProperty("constraints").EnumerateObject().Select(c => c.Name).Order())}").Order());
    }

    [Theory]
    [Covers("POST /application")]
    [InlineData("2022-03-01", "2022-03-01T00:00:00.000Z")]
    [InlineData("2022", "2022-01-01T00:00:00.000Z")]
    [InlineData("2022-03", "2022-03-01T00:00:00.000Z")]
    [InlineData("2022-03-01T10:00", "2022-03-01T10:00:00.000Z")]
    [InlineData("2022-03-01T10:00:00.123+02:00", "2022-03-01T08:00:00.123Z")]
    [InlineData("Tue Mar 01 2022 00:00:00 GMT+0100 (Central European Standard Time)", "2022-02-28T23:00:00.000Z")]
    [InlineData("Tue Mar 01 2022 00:00:00 GMT-0230", "2022-03-01T02:30:00.000Z")]
    [InlineData("Tue, 01 Mar 2022 12:30:00 GMT", "2022-03-01T12:30:00.000Z")]
    [InlineData("Tue Mar 01 2022", "2022-03-01T00:00:00.000Z")]
    [InlineData("March 7, 2022", "2022-03-07T00:00:00.000Z")]
    [InlineData("7 March 2022 10:00 UTC", "2022-03-07T10:00:00.000Z")]
    [InlineData("3/7/2022", "2022-03-07T00:00:00.000Z")]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData("2022-13-45", null)]
    public void Date_AsABrowserReadsIt_IsTaken(string text, string? expected) =>
        Assert.Equal(expected, WireTime.Parse(text) is { } time ? WireTime.Format(time) : null);

    [Fact]
    [Covers("POST /application")]
    public async Task Create_WithDatesOfAllKinds_TakesOrLeavesThem()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();

        foreach (var (sent, expected) in (List<(object?, string?)>)[(1646092800000, "2022-03-01T00:00:00.000Z"), ("2022-03-01", "2022-03-01T00:00:00.000Z"), (true, null), (new { a = 1 }, null), (1e300, null), (null, null)])
        {
            var answer = (await admin.Post("application", new { name = ApiHost.Name("dated"), organizationId = organization, startDate = sent })).Is(HttpStatusCode.Created);
            Assert.Equal(expected, answer["startDate"].GetString());
            Assert.Null(answer["endDate"].GetString());
        }
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static int Id(JsonElement row) => row.GetProperty("id").GetInt32();
}
