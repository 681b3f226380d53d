using System.Text.RegularExpressions;

namespace Ansatz.Cli.Tests;

/// <summary>What the README shows is what the files beside it say: code that CI runs, output that a run printed.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Excerpts_MarkedWithTheirSource_StandInThatSource()
    {
        string root = Root(), readme = File.ReadAllText(Path.Combine(root, "README.md"));
        MatchCollection excerpts = Excerpt().Matches(readme);
        Assert.Equal(2, excerpts.Count);
        Assert.All(excerpts, e =>
        {
            Assert.True(e.Groups["text"].Value.Trim('\n').Length > 200, "The excerpt is empty.");
            Assert.Contains(e.Groups["text"].Value.Trim('\n'), File.ReadAllText(Path.Combine(root, e.Groups["source"].Value)), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Links_ToFiles_LeadSomewhere()
    {
        string root = Root();
        foreach (string page in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md").Append(Path.Combine(root, "README.md")).Append(Path.Combine(root, "CONTRIBUTING.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups["target"].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{Path.GetFileName(page)} links to {link.Groups["target"].Value}, which is not there.");
            }
        }
    }

    [GeneratedRegex("<!-- (output|code): (?<source>[^ ]+) -->\n```[a-z]*\n(?<text>.*?)```\n<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)\)")]
    private static partial Regex Link();

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ansatz.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder;
    }
}
