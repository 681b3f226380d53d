using System.Text.Json.Nodes;

namespace Ansatz.Cli.StudyFiles;

/// <summary>What of a study file may change while its study runs: how its endpoints are called and which variables hold their keys; and their prices, unless money is limited, since these decide then where the search ends.</summary>
internal static class Circumstances
{
    private static readonly string[][] Models = [["model"], ["scorer", "grader"], ["search", "proposer"]];
    private static readonly string[] OfEndpoints = ["keyFrom", "concurrency", "requestsPerMinute", "tokensPerMinute", "timeoutSeconds"];

    /// <summary>Takes it out of a description of the file.</summary>
    /// <param name="description">The description; afterwards without it.</param>
    /// <param name="isMoneyLimited">Whether the prices stay.</param>
    public static JsonObject TakenFrom(JsonObject description, bool isMoneyLimited)
    {
        JsonObject taken = [];
        foreach (string[] path in Models)
        {
            if (path.Aggregate((JsonNode?)description, (node, name) => (node as JsonObject)?[name]) is JsonObject model && model["baseUrl"] is not null)
            {
                foreach (string field in OfEndpoints)
                {
                    Move(model, path.Aggregate(taken, (into, name) => into[name] as JsonObject ?? (JsonObject)(into[name] = new JsonObject())!), field);
                }
            }
        }

        if (!isMoneyLimited)
        {
            Move(description, taken, "prices");
        }

        return taken;
    }

    private static void Move(JsonObject from, JsonObject to, string name)
    {
        JsonNode? value = from[name];
        from.Remove(name);
        if (value is not null)
        {
            to[name] = value;
        }
    }
}
