using System.Text;
using CsCheck;

namespace Ansatz.LocalModels.Tests;

public sealed class TextTailTests
{
    [Fact]
    public void Append_StopAcrossTokens_TextBeforeIt()
    {
        TextTail tail = new(["END", "\n\n"]);
        Assert.Equal("one ", Append(tail, "one E"));
        Assert.Equal("EmN", Append(tail, "mN")); // the E did not go on as a stop string
        Assert.False(tail.IsStopped);
        Append(tail, "E");
        Append(tail, "ND two");
        Assert.True(tail.IsStopped);
        Assert.Equal("", tail.Finish());
        Assert.Equal("one EmN", tail.Text);
    }

    [Fact]
    public void Append_CharacterInPieces_GivenWhenComplete()
    {
        TextTail tail = new([]);
        byte[] smile = Encoding.UTF8.GetBytes("🙂");
        Assert.Equal("", tail.Append(smile.AsSpan(0, 2)));
        Assert.Equal("🙂", tail.Append(smile.AsSpan(2)));
        Assert.Equal("", tail.Append(smile.AsSpan(0, 1)));
        Assert.Equal("\uFFFD", tail.Finish());
    }

    [Fact]
    public void Append_AnyCuts_SameTextAsAtOnce() =>
        Gen.Select(Gen.String[Gen.Char["ab🙂.\n"], 0, 30], Gen.Int[1, 4]).Sample(static (text, step) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            TextTail tail = new(["ab.", "b\n\n"]);
            StringBuilder given = new();
            for (int i = 0; i < bytes.Length && !tail.IsStopped; i += step)
            {
                given.Append(tail.Append(bytes.AsSpan(i, Math.Min(step, bytes.Length - i))));
            }

            given.Append(tail.Finish());
            string clean = Encoding.UTF8.GetString(bytes);
            int[] stops = [.. new[] { clean.IndexOf("ab.", StringComparison.Ordinal), clean.IndexOf("b\n\n", StringComparison.Ordinal) }.Where(static at => at >= 0)];
            Assert.Equal(stops.Length == 0 ? clean : clean[..stops.Min()], given.ToString());
            Assert.Equal(given.ToString(), tail.Text);
        });

    private static string Append(TextTail tail, string text) => tail.Append(Encoding.UTF8.GetBytes(text));
}
