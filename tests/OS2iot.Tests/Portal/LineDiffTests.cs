using OS2iot.Portal.Components;

namespace OS2iot.Tests.Portal;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("a\nb\nc", "a\nb\nc", " a| b| c")]
    [InlineData("a\nb\nc", "a\nx\nc", " a|-b|+x| c")]
    [InlineData("a\nc", "a\nb\nc", " a|+b| c")]
    [InlineData("a\na\na", "a", " a|-a|-a")]
    [InlineData("", "a", "-|+a")]
    [InlineData("a\r\nb", "a\nb", " a| b")]
    [InlineData("a\nb\nc\nd", "c\nd\na\nb", "-a|-b| c| d|+a|+b")]
    public void Between_WhenLinesDiffer_MarksThem(string before, string after, string expected) =>
        Assert.Equal(expected, string.Join('|', LineDiff.Between(before, after).Select(l => l.Mark + l.Text)));

    [Fact]
    public void Between_WhenTextsAreVeryLong_StillTellsBothWhole()
    {
        var before = string.Join('\n', Enumerable.Range(0, 3000));
        var after = string.Join('\n', Enumerable.Range(5000, 3000));
        var lines = LineDiff.Between(before, after);
        Assert.Equal(before, string.Join('\n', lines.Where(l => l.Mark == '-').Select(l => l.Text)));
        Assert.Equal(after, string.Join('\n', lines.Where(l => l.Mark == '+').Select(l => l.Text)));
    }
}
