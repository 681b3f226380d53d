using System.Text.Json;
using System.Text.Json.Nodes;
using Ansatz.Cli.StudyFiles;

namespace Ansatz.Cli.Tests.StudyFiles;

public sealed class StudyFileSchemaTests
{
    /// <summary>After a change on purpose: ANSATZ_WRITE_SCHEMA=docs/study.schema.json writes it anew.</summary>
    [Fact]
    public void Text_IsWhatIsPublished()
    {
        if (Environment.GetEnvironmentVariable("ANSATZ_WRITE_SCHEMA") is { } path)
        {
            File.WriteAllText(path, StudyFileSchema.Text());
            return;
        }

        Assert.Equal(File.ReadAllText("Published/study.schema.json"), StudyFileSchema.Text());
    }

    [Fact]
    public void Text_EveryFieldIsDescribed()
    {
        JsonNode schema = JsonNode.Parse(StudyFileSchema.Text())!;
        List<string> silent = [];
        Visit(schema, "");

        Assert.Empty(silent);

        void Visit(JsonNode? node, string path)
        {
            if (node is JsonObject entity)
            {
                foreach ((string name, JsonNode? field) in entity["properties"] as JsonObject ?? [])
                {
                    if (field!["description"] is null)
                    {
                        silent.Add($"{path}.{name}");
                    }

                    Visit(field, $"{path}.{name}");
                }

                Visit(entity["anyOf"], path);
            }

            foreach (JsonNode? element in node as JsonArray ?? [])
            {
                Visit(element, path);
            }
        }
    }

    [Fact]
    public void Examples_AreRightThemselves()
    {
        JsonObject search = JsonNode.Parse(StudyFileSchema.Text())!["properties"]!["search"]!.AsObject();

        Assert.Equal(5000, search["properties"]!["rollouts"]!["examples"]![0]!.GetValue<int>());
        Assert.Equal(JsonValueKind.False, search["additionalProperties"]!.GetValueKind());
    }
}
