using OS2iot.Core.MqttDevices;

namespace OS2iot.Tests.MqttDevices;

public sealed class MqttPasswordHashTests
{
    // Made by another program: 1,000 rounds and 256 bytes, as the present system has them.
    private const string Foreign =
        "PBKDF2$sha512$1000$AAECAwQFBgcICQoLDA0ODw==$EFEdys9ZfcV9f0/GLMLvDalzZYpKPXK7CyNg0WV8++7HNGJUnjDXD/Rh"
        + "ZkuoZpfsX+0iiYfKwIcryRQFr1UDASJ/C/WtyKE9YV6qKvVZWAL65Xz0r+ra1cDmfW5H8CXi0/ekyoiS/d/2mtB3WYPr05XN89bod8LJ2Cgp93"
        + "PMeAmgQfmD40G/FXk/6Ul+n5XnVe/Qbg/ACXiGN9qz6ve4g3jzBdpGnlxxSKdsxqA2mfbJOs62CqUpHjiDo6hKqu0TlfZI3+vLkTv6V+F9LRKx"
        + "LXLc8XzEBVuE1iTdO4lYFXoCYuBrjJQ/tPHAKYu+ZfdVdpR+7zSGxK5V/gZshzuMSQ==";

    [Fact]
    public void Verify_OfItsOwnHash_KnowsThePassword()
    {
        var hash = MqttPasswordHash.Create("kodeord æøå");

        Assert.StartsWith("PBKDF2$sha512$", hash, StringComparison.Ordinal);
        Assert.True(MqttPasswordHash.Verify("kodeord æøå", hash));
        Assert.False(MqttPasswordHash.Verify("kodeord", hash));
        Assert.NotEqual(hash, MqttPasswordHash.Create("kodeord æøå"));
    }

    [Fact]
    public void Verify_OfAHashFromElsewhere_KnowsThePassword() => Assert.True(MqttPasswordHash.Verify("hunter2", Foreign));

    [Theory]
    [InlineData("")]
    [InlineData("PBKDF2$sha512$0$AA==$AA==")]
    [InlineData("PBKDF2$sha512$1000000000$AA==$AA==")]
    [InlineData("PBKDF2$sha512$1000$?$AA==")]
    [InlineData("PBKDF2$sha512$1000$AA==$")]
    [InlineData("PBKDF2$md5$1000$AA==$AA==")]
    public void Verify_OfWhatIsNoHash_IsFalse(string hash) => Assert.False(MqttPasswordHash.Verify("hunter2", hash));
}
