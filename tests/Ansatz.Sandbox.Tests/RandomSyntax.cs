using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>Syntax trees of random programs.</summary>
internal static class RandomSyntax
{
    /// <summary>Limits that no random program meets as text, and many meet when they run.</summary>
    public static HoleLimits Limits { get; } = new() { Fuel = 20_000, MemoryBytes = 4096, Depth = 60, SourceCharacters = 1 << 20, Tokens = 1 << 20, Nesting = 1000 };

    /// <summary>The tree of a random program.</summary>
    public static HoleSyntax Tree(int number)
    {
        string source = new RandomProgram(new Rng(seed: 6, "random programs", number), portableOnly: false).Write();
        Assert.True(new HoleCompiler(RandomProgram.Signature, Limits).TryRead(source, out HoleSyntax? syntax, out _), source);
        return syntax;
    }

    /// <summary>All nodes of a tree.</summary>
    public static List<Node> Nodes(Node node) => [node, .. node.Children.SelectMany(Nodes)];
}
