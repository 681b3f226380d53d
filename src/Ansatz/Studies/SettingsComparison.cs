using System.Text.Json.Nodes;

namespace Ansatz;

/// <summary>Finds the first setting in which a study differs from the one that was begun under its name.</summary>
internal static class SettingsComparison
{
    /// <summary>Path and both values of the first difference, in the order of the stored settings; none if they are the same.</summary>
    public static (string Path, string Stored, string Now)? FirstDifference(JsonNode? stored, JsonNode? now, string path = "")
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
        }

        return (path, Short(stored), Short(now));
    }

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "nothing";
        return text.Length <= 60 ? text : $"{text[..57]}...";
    }
}
