using AngleSharp.Html.Parser;
using CsCheck;

namespace Ansatz.Web.Tests;

public sealed class HtmlTests
{
    [Fact]
    public void Of_HoleWithMarkup_IsEncoded() =>
        Assert.Equal("<p title=\"a&quot;b\">&lt;b&gt;&amp;&#39;</p>", Html.Of($"<p title=\"{"a\"b"}\">{"<b>&'"}</p>").ToString());

    [Fact]
    public void Of_HoleWithHtml_GoesThrough() =>
        Assert.Equal("<ul><li>1,000</li><li>2</li></ul>", Html.Of($"<ul>{((int[])[1000, 2]).Select(n => Html.Of($"<li>{n:N0}</li>"))}</ul>").ToString());

    [Fact]
    public void Of_CharactersThatHideOrTurnText_AreWrittenOut() =>
        Assert.Equal("a\u27E6U+202E\u27E7b\u27E6U+0000\u27E7\u27E6U+200B\u27E7\u27E6U+E0041\u27E7", Html.Of($"{"a\u202Eb\0\u200B\U000E0041"}").ToString());

    [Fact]
    public void Of_JoinersLinesAndLoneSurrogates_StayReadable() =>
        Assert.Equal("\u0646\u200C\u0647\n\t\uFFFD", Html.Of($"{"\u0646\u200C\u0647\n\t\ud800"}").ToString());

    [Fact]
    public void Verbatim_AnyText_IsReadBackUnchanged() => Gen.String[Gen.Char['\u0001', '\u30ff'], 0, 40]
        .Where(text => text.All(c => !char.IsSurrogate(c) && c is not (>= '\u0080' and <= '\u009f'))) // HTML reads those as Windows-1252
        .Sample(text =>
        {
            string page = Html.Of($"<p data-copy=\"{Html.Verbatim(text)}\">x</p>").ToString();

            Assert.Equal(text, new HtmlParser().ParseDocument(page).QuerySelector("p")!.GetAttribute("data-copy"));
        });
}
