using System.Globalization;
using System.Text;

namespace Ansatz.Cli.Tests;

/// <summary>
/// Study files and data files that were broken at random: each ends with an exit code and a sentence, never with a stack trace or a bug, and what was
/// stored before stays. ANSATZ_MUTATIONS sets how many of each; ANSATZ_MUTATION_SEED the seed.
/// </summary>
public sealed class MutationTests
{
    private static readonly int Count = Number("ANSATZ_MUTATIONS", 100), Seed = Number("ANSATZ_MUTATION_SEED", 1);

    [Fact]
    public Task Run_MutatedStudyFiles_SayWhatIsWrong() => MutateAsync("study.json", Cli.Study, structural: Fields);

    [Fact]
    public Task Run_MutatedDataFiles_SayWhatIsWrong() => MutateAsync("rows.csv", Cli.Rows, structural: Cells);

    private static async Task MutateAsync(string file, string text, Func<string, Rng, string> structural)
    {
        using Cli cli = Cli.WithStudy();
        Assert.Equal(App.Done, await cli.RunAsync("run", "study.json"));
        string[] history = await cli.HistoryAsync("tiny");
        for (int n = 0; n < Count; n++)
        {
            Rng rng = new(Seed, file, n);
            byte[] mutated = n % 2 == 0 ? Bytes(Encoding.UTF8.GetBytes(text), rng) : Encoding.UTF8.GetBytes(structural(text, rng));
            await File.WriteAllBytesAsync(cli.File(file), mutated, TestContext.Current.CancellationToken);
            string shown = string.Create(CultureInfo.InvariantCulture, $"mutation {n}, seed {Seed}: {Encoding.UTF8.GetString(mutated)}");

            // Another database, so that a mutant that still is a study runs as one of its own.
            int exitCode = await cli.RunAsync("run", "study.json", "--db", string.Create(CultureInfo.InvariantCulture, $"mutant-{n}.db"));

            Assert.True(exitCode is App.Done or App.WrongUse, $"{exitCode}: {cli.Error}\n{shown}");
            Assert.True(exitCode == App.Done || cli.Error.Length > 0, shown);
            Assert.DoesNotContain("   at ", cli.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(cli.Error, c => char.IsControl(c) && c is not ('\n' or '\t'));

            exitCode = await cli.RunAsync("run", "study.json"); // against the study that is there
            Assert.True(exitCode is App.Done or App.WrongUse, $"{exitCode}: {cli.Error}\n{shown}");
        }

        Assert.Equal(history, await cli.HistoryAsync("tiny"));
    }

    /// <summary>Some bytes deleted, doubled, replaced, or the end cut off.</summary>
    private static byte[] Bytes(byte[] text, Rng rng)
    {
        List<byte> bytes = [.. text];
        for (int times = 1 + rng.Next(3); times > 0 && bytes.Count > 0; times--)
        {
            int at = rng.Next(bytes.Count), length = 1 + rng.Next(Math.Min(20, bytes.Count - at));
            switch (rng.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes[at] = (byte)rng.Next(256);
                    break;
                case 3:
                    bytes[at] = (byte)"\"{}[]:,\n\\0-"[rng.Next(11)];
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A value of the study file replaced by another one.</summary>
    private static string Fields(string text, Rng rng)
    {
        string[] values = ["null", "true", "0", "-1", "1e400", "99999999999999999999", "\"\"", "\"\\u0000\"", "[]", "{}", "[[[[]]]]", "\"{label}\"", "{ \"a\": 1 }", "1.5", "\"praise\"", "[\"praise\", \"praise\"]", "\"\\ud800\"", "1000000"];
        string[] olds = ["\"tiny\"", "\"rows.csv\"", "\"reviews\"", "12", "20", "40", "\"Decide.\"", "{}", "2 }", "[\"praise\", \"positive\"]", "[\"complaint\", \"negative\"]", "6", "2000", "1\n"];
        string old = olds[rng.Next(olds.Length)];
        int at = text.IndexOf(old, StringComparison.Ordinal);
        string tail = old.EndsWith('}') && old.Length > 2 ? " }" : old.EndsWith('\n') ? "\n" : "";
        return text[..at] + values[rng.Next(values.Length)] + tail + text[(at + old.Length)..];
    }

    /// <summary>A cell of the data replaced by something else.</summary>
    private static string Cells(string text, Rng rng)
    {
        string[] lines = text.Split('\n');
        string[] values = ["", "\"", "\"\"", "a,b", "\"a\nb\"", "\0", "\u202E", "praise", "prais", new('x', 50_000), "\t", "text"];
        int line = rng.Next(3) == 0 ? 0 : rng.Next(lines.Length);
        string[] cells = lines[line].Split(',');
        cells[rng.Next(cells.Length)] = values[rng.Next(values.Length)];
        lines[line] = string.Join(',', cells);
        return string.Join('\n', lines);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
