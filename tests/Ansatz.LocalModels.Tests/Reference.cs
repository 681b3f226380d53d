using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz.LocalModels.Tests;

/// <summary>The stored reference values.</summary>
internal static class Reference
{
    private static readonly JsonNode s_values = JsonNode.Parse(File.ReadAllText(PathOf("reference.json")))!;

    public static string[] Sentences { get; } = File.ReadAllLines(PathOf("sentences.txt"));

    public static JsonNode[] Cases(string kind) => [.. s_values[kind]!.AsArray().Select(static one => one!)];

    public static int[] Ids(JsonNode node) => node["ids"]!.Deserialize<int[]>()!;

    public static string Text(this JsonNode node, string key) => node[key]!.GetValue<string>();

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);
}
