using System.Text;
using OS2iot.Ingest.GenericHttp;

namespace OS2iot.Tests.GenericHttp;

public sealed class JsonBodyTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("  {\"a\": [1, 2.5e3, true, null, \"æ\\u0000\"]}\r\n")]
    public void Check_OfAnObjectOrArray_FindsNothing(string body) => Assert.Null(JsonBody.Check(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("1")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1")]
    [InlineData("{}{}")]
    [InlineData("{'a':1}")]
    [InlineData("/* no */ {}")]
    [InlineData("a=1&b=2")]
    public void Check_OfAnythingElse_SaysWhatIsWrong(string body) => Assert.NotNull(JsonBody.Check(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Check_OfInvalidUtf8InAString_SaysSo() =>
        Assert.Contains("UTF-8", JsonBody.Check([(byte)'[', (byte)'"', 0xC3, (byte)'"', (byte)']']), StringComparison.Ordinal);

    [Fact]
    public void Check_OfVeryDeepNesting_IsAMistakeAndNoCrash()
    {
        var deep = new string('[', 50_000) + new string(']', 50_000);

        Assert.NotNull(JsonBody.Check(Encoding.UTF8.GetBytes(deep)));
    }
}
