using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Cli.StudyFiles;

/// <summary>The JSON schema of a study file, made from its types: docs/study.schema.json, which editors read.</summary>
internal static class StudyFileSchema
{
    /// <summary>The schema as it is published.</summary>
    public static string Text()
    {
        JsonNode schema = Of(StudyFileJson.Default.StudyFile);
        JsonObject published = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A study of Ansatz",
        };
        foreach ((string name, JsonNode? value) in schema.AsObject())
        {
            published[name] = value?.DeepClone();
        }

        published["oneOf"] = new JsonArray(Required("data", "prompt"), Required("data", "pipeline"), Required("program"));
        return published.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Required(params string[] fields) => new() { ["required"] = new JsonArray([.. fields.Select(f => (JsonNode)f)]) };

    private static JsonNode Of(JsonTypeInfo type) => type.GetJsonSchemaAsNode(new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    });

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.PropertyInfo is not { } property)
        {
            return schema;
        }

        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        JsonObject node = type == typeof(ModelFile) ? new() { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = ModelFile.Embedded }, Of(StudyFileJson.Default.ModelFile)) }
            : type == typeof(ScorerFile) ? Scorer(isInner: property.DeclaringType == typeof(ScorerFile))
            : type == typeof(OneOrMany) ? new() { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["type"] = "string" } }) }
            : schema as JsonObject ?? [];
        WithoutNull(node);
        ICustomAttributeProvider? attributes = property.AttributeProvider;
        if (Find<RangeAttribute>(attributes) is { } range)
        {
            node["minimum"] = Convert.ToDecimal(range.Minimum, System.Globalization.CultureInfo.InvariantCulture);
            node["maximum"] = Convert.ToDecimal(range.Maximum, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Find<ExampleAttribute>(attributes) is { } example)
        {
            node["examples"] = new JsonArray(JsonNode.Parse(example.Json));
        }

        if (Find<DescriptionAttribute>(attributes) is { } description)
        {
            node.Insert(0, "description", description.Description);
        }

        return node;
    }

    // A scorer inside a scorer is described where the outer one is.
    private static JsonObject Scorer(bool isInner) => isInner
        ? new() { ["$ref"] = "#/properties/scorer" }
        : new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames<ScorerKind>().Select(n => (JsonNode)JsonNamingPolicy.KebabCaseLower.ConvertName(n))]) },
                Of(StudyFileJson.Default.ScorerFile)),
        };

    // A field is left out, never null.
    private static void WithoutNull(JsonObject node)
    {
        if (node["type"] is JsonArray types)
        {
            JsonNode?[] kept = [.. types.Where(t => t?.GetValue<string>() != "null").Select(t => t?.DeepClone())];
            node["type"] = kept.Length == 1 ? kept[0] : new JsonArray(kept);
        }

        if (node["enum"] is JsonArray values)
        {
            node["enum"] = new JsonArray([.. values.Where(v => v is not null).Select(v => v!.DeepClone())]);
        }
    }

    private static T? Find<T>(ICustomAttributeProvider? attributes)
        where T : Attribute => attributes?.GetCustomAttributes(typeof(T), false).FirstOrDefault() as T;
}
