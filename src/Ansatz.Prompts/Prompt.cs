using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Prompts;

/// <summary>One filling of a <see cref="PromptTemplate"/>'s open slots. It holds all that a search found and nothing of the locked text.</summary>
/// <remarks>Compare prompts by their JSON text, as candidates' ids do: record equality compares the arrays inside by reference.</remarks>
public sealed record Prompt
{
    /// <summary>How a prompt is written: the same prompt always gives the same text.</summary>
    public static JsonTypeInfo<Prompt> Codec => PromptJson.Readable.Prompt;

    /// <summary>What the model is told to do; empty for no instruction.</summary>
    public string Instruction { get; init; } = "";

    /// <summary>Worked examples, in the order in which they are shown.</summary>
    public ImmutableArray<Demonstration> Demonstrations { get; init; } = [];

    /// <summary>The labels that are called otherwise inside the prompt than in the data, in the data's order.</summary>
    public ImmutableArray<LabelWording> Labels { get; init; } = [];

    /// <summary>What an answer is called inside this prompt: itself, where <see cref="Labels"/> does not say otherwise.</summary>
    public string WordingOf(string label)
    {
        foreach (LabelWording wording in Labels)
        {
            if (wording.Label == label)
            {
                return wording.Wording;
            }
        }

        return label;
    }
}

/// <summary>A worked example, with all that is needed to show it: a stored prompt stays whole when its data are gone.</summary>
/// <param name="Fields">The values of the template's data holes.</param>
/// <param name="Answer">The label of the data, not its wording: the prompt decides what that is called.</param>
/// <param name="Item">Index of the training item that it was taken from; none where the user wrote it.</param>
public sealed record Demonstration(
    ImmutableArray<Field> Fields,
    string Answer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Item = null);

/// <summary>The value of one data hole.</summary>
/// <param name="Name">The hole: a column of the data.</param>
/// <param name="Value">What stands there.</param>
public sealed record Field(string Name, string Value);

/// <summary>What a label is called inside a prompt.</summary>
/// <param name="Label">The label of the data.</param>
/// <param name="Wording">Its name in the prompt.</param>
public sealed record LabelWording(string Label, string Wording);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Prompt))]
internal sealed partial class PromptJson : JsonSerializerContext
{
    /// <summary>Writes letters of every language as themselves, since people read these texts.</summary>
    public static PromptJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
