using System.Text;
using Microsoft.Extensions.Options;
using OS2iot.Core.Organizations;
using OS2iot.Core.SignIn;
using OS2iot.Simulator.IdentityProvider;

namespace OS2iot.Tests.SignIn;

public sealed class PrivilegesTests
{
    [Fact]
    public void Read_WhenAListIsGiven_TellsRolesWithTheirMunicipality()
    {
        var privileges = Privileges.Read(TownUser.All.Single(u => u.Login == "bo").PrivilegesIntermediate!);

        Assert.Contains(new Privilege(TownUser.Role, TownUser.Skovby), privileges);
        Assert.Contains(new Privilege(TownUser.Role, TownUser.Havnestad), privileges);
        Assert.Equal(3, privileges.Count);
    }

    [Fact]
    public void Read_WhenItIsNoList_IsARole() => Assert.Equal([new Privilege("os2iot-user", null)], Privileges.Read("os2iot-user"));

    [Fact]
    public void Read_WhenPrivilegesStandSideBySide_ReadsEach() => Assert.Equal(
        [new Privilege("a", "12345678"), new Privilege("b", "12345678"), new Privilege("c", null)],
        Privileges.Read(
            """
            <x:PrivilegeList xmlns:x="urn:x"><PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:12345678"><Privilege>a</Privilege><Privilege> b </Privilege></PrivilegeGroup><PrivilegeGroup Scope="urn:other"><Privilege>c</Privilege></PrivilegeGroup></x:PrivilegeList>
            """.Trim()));

    [Theory]
    [InlineData("http://itst.dk/oiosaml/basic_privilege_profile")]
    [InlineData("http://digst.dk/oiosaml/basic_privilege_profile")]
    public void Read_WhenThereAreConstraints_TakesTheMunicipalityFromThoseThatNameOne(string profile) => Assert.Equal(
        [new Privilege("a", "12345678"), new Privilege("b", "87654321"), new Privilege("c", "87654321"), new Privilege("d", null)],
        Privileges.Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $"""
            <bpp:PrivilegeList xmlns:bpp="{profile}">
              <PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:12345678"><Constraint Name="urn:dk:kombit:KLE">25.*</Constraint><Privilege>a</Privilege></PrivilegeGroup>
              <PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:12345678"><Privilege>b</Privilege><Constraint Name="urn:dk:gov:saml:cvrNumberIdentifier">87654321</Constraint><Privilege>c</Privilege></PrivilegeGroup>
              <PrivilegeGroup><Constraint Name="urn:dk:kombit:orgUnit">12345678</Constraint><Privilege>d</Privilege></PrivilegeGroup>
            </bpp:PrivilegeList>
            """))));

    [Theory]
    [InlineData("<PrivilegeList><PrivilegeGroup")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a><Privilege>&b;</Privilege></a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a><Privilege>&c;</Privilege></a>")]
    [InlineData("<a><Privilege><b>x</b></Privilege></a>")]
    public void Read_WhenTheXmlIsBrokenOrHostile_Refuses(string xml)
    {
        Assert.Throws<FormatException>(() => Privileges.Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(xml))));
        Assert.Throws<FormatException>(() => Privileges.Read(xml));
    }

    [Theory]
    [InlineData("fifteen letters", true)]
    [InlineData("Regnen falder på sletten", true)]
    [InlineData("8f3k29dkq0s8fk2mz", true)]
    [InlineData("short but odd", false)]
    [InlineData("passwordpassword", false)]
    [InlineData("Password123456!!", false)]
    [InlineData("P@ssw0rdP@ssw0rd", false)]
    [InlineData("Velkommen2026!!!", false)]
    [InlineData("aaaaaaaaaaaaaaaa", false)]
    [InlineData("abcabcabcabcabca", false)]
    [InlineData("0123456789012345", false)]
    [InlineData("qwertyuiopåqwert", false)]
    [InlineData("AnnaLindhardt2026", false)]
    [InlineData("anna.lindhardt@1", false)]
    public void Rules_WhenAPasswordIsJudged_LookAtLengthAndAtWhatIsTriedFirst(string password, bool isAllowed)
    {
        var rules = new PasswordRules(Options.Create(new PasswordOptions()));

        Assert.Equal(isAllowed, rules.Allow(password, "Anna Lindhardt", "anna.lindhardt@skovby.example"));
    }

    [Fact]
    public void Rules_WhenAListOfOnesOwnIsGiven_RefuseWhatIsInIt()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["stolen from elsewhere"]);
            var rules = new PasswordRules(Options.Create(new PasswordOptions { BlocklistFile = file }));

            Assert.False(rules.Allow("Stolen from elsewhere"));
            Assert.True(rules.Allow("kept to oneself alone"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Hash_WhenAPasswordIsLong_HeedsAllOfIt()
    {
        var beginning = new string('å', 40);
        var hash = Passwords.Hash(beginning + "1");

        Assert.True(Passwords.Verify(beginning + "1", hash));
        Assert.False(Passwords.Verify(beginning + "2", hash));
    }

    [Fact]
    public void Verify_WhenALongPasswordWasCutByOS2IoT_StillTakesIt()
    {
        var password = new string('å', 50); // a hundred bytes
        var cut = BCrypt.Net.BCrypt.HashPassword(password[..36], 10);

        Assert.True(Passwords.Verify(password, cut));
        Assert.False(Passwords.Verify("x" + password, cut));
        Assert.False(Passwords.Verify(password, BCrypt.Net.BCrypt.HashPassword(password[..36], Passwords.Cost)));
    }
}
