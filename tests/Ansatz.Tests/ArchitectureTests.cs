using System.Xml.Linq;

namespace Ansatz.Tests;

/// <summary>The arrows between rooms, as the plan of the house allows them.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Ansatz"] = [],
        ["Ansatz.Language"] = ["Ansatz"],
        ["Ansatz.LocalModels"] = ["Ansatz.Language"],
        ["Ansatz.Prompts"] = ["Ansatz.Language"],
        ["Ansatz.Sandbox"] = ["Ansatz"],
        ["Ansatz.Programs"] = ["Ansatz", "Ansatz.Sandbox", "Ansatz.Language"],
        ["Ansatz.Web"] = ["*"],
        ["Ansatz.Cli"] = ["*"],
    };

    private static readonly string[] Backends = ["LLamaSharp.Backend.", "libtorch-"];

    private static string Root { get; } = FindRoot();

    [Fact]
    public void ProjectReferences_EveryRoom_FollowTheAllowedArrows()
    {
        foreach (string project in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            string room = Path.GetFileNameWithoutExtension(project);
            Assert.True(Allowed.TryGetValue(room, out string[]? allowed), $"{room} is a new room: enter it here with what it may use.");
            foreach (string used in References(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/'))))
            {
                Assert.True(allowed is ["*"] || allowed.Contains(used), $"{room} may not use {used}.");
                Assert.False(used is "Ansatz.Cli", $"{room} may not know a face.");
            }
        }
    }

    [Fact]
    public void PackageReferences_NativeBackends_StandInExecutablesAlone()
    {
        foreach (string project in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            bool isExecutable = XDocument.Load(project).Descendants("OutputType").Any(e => e.Value == "Exe");
            Assert.DoesNotContain(References(project, "PackageReference"), p => !isExecutable && Backends.Any(b => p.StartsWith(b, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void PackageReferences_Core_KnowNoModelAndNoNativeLibraryButSqlite() =>
        Assert.Equal(["MathNet.Numerics", "Microsoft.Data.Sqlite"], References(Path.Combine(Root, "src/Ansatz/Ansatz.csproj"), "PackageReference"));

    private static string[] References(string project, string kind) =>
        [.. XDocument.Load(project).Descendants(kind).Select(e => e.Attribute("Include")!.Value)];

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ansatz.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder;
    }
}
