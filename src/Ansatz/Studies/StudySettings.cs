using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>The settings of a study as its journal keeps them: which decide its history, and which may differ from run to run.</summary>
internal static class StudySettings
{
    /// <summary>What may differ.</summary>
    public const string Circumstances = "circumstances";

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lays an object over another, member by member.</summary>
    public static void Lay(JsonObject over, JsonObject under)
    {
        foreach ((string name, JsonNode? value) in over)
        {
            if (value is JsonObject inner && under[name] is JsonObject there)
            {
                Lay(inner, there);
            }
            else
            {
                under[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>Path and both values of the first difference in what decides a history, in the order of the stored settings; none if they are the same.</summary>
    public static (string Path, string Stored, string Now)? FirstDifference(JsonObject stored, JsonObject now) => FirstDifference(Without(stored), Without(now), "");

    private static JsonObject Without(JsonObject settings)
    {
        JsonObject rest = JsonNode.Parse(settings.ToJsonString())!.AsObject(); // as it reads back
        rest.Remove(Circumstances);
        return rest;
    }

    private static (string Path, string Stored, string Now)? FirstDifference(JsonNode? stored, JsonNode? now, string path)
    {
        if (JsonNode.DeepEquals(stored, now))
        {
            return null;
        }

        if (stored is JsonObject a && now is JsonObject b)
        {
            foreach (string key in a.Select(p => p.Key).Concat(b.Select(p => p.Key)).Distinct())
            {
                if (FirstDifference(a[key], b[key], path.Length == 0 ? key : $"{path}.{key}") is { } inner)
                {
                    return inner;
                }
            }

            return null; // what is null in one may be absent from the other
        }

        if (stored is JsonArray left && now is JsonArray right && left.Count == right.Count)
        {
            for (int i = 0; i < left.Count; i++)
            {
                string name = left[i] is JsonObject item && item["name"] is { } label ? $"{path}[{label}]" : $"{path}[{i}]";
                if (FirstDifference(left[i], right[i], name) is { } inner)
                {
                    return inner;
                }
            }

            return null;
        }

        string before = stored?.ToJsonString(s_readable) ?? "nothing", after = now?.ToJsonString(s_readable) ?? "nothing";
        int same = before.AsSpan().CommonPrefixLength(after);
        return (path, Short(before, same), Short(after, same));
    }

    // Where it is long: from a little before the place where the two part.
    private static string Short(string text, int same)
    {
        int from = text.Length <= 60 || same <= 40 ? 0 : same - 20;
        return $"{(from > 0 ? "..." : "")}{text[from..Math.Min(text.Length, from + (text.Length <= 60 ? 60 : 57))]}{(text.Length - from > 60 ? "..." : "")}";
    }
}
