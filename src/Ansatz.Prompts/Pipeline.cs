using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ansatz.Prompts;

/// <summary>One filling of a <see cref="PipelinePart"/>: a prompt for each step, in the order in which they run. It holds nothing of the locked texts.</summary>
/// <remarks>Compare pipelines by their JSON text, as candidates' ids do.</remarks>
public sealed record Pipeline(ImmutableArray<NamedPrompt> Steps)
{
    /// <summary>How a pipeline is written: the same pipeline always gives the same text.</summary>
    public static JsonTypeInfo<Pipeline> Codec => PipelineJson.Readable.Pipeline;

    /// <summary>The prompt of a step.</summary>
    public Prompt this[string step] => Steps[IndexOf(step)].Prompt;

    /// <summary>The same pipeline with another prompt in one step.</summary>
    public Pipeline With(string step, Prompt prompt) => new(Steps.SetItem(IndexOf(step), new(step, prompt)));

    private int IndexOf(string step)
    {
        for (int i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Name == step)
            {
                return i;
            }
        }

        throw new ArgumentException($"The pipeline has no step \"{step}\"; it has: {string.Join(", ", Steps.Select(s => s.Name))}.", nameof(step));
    }
}

/// <summary>The prompt of one step.</summary>
/// <param name="Name">The step: the name of its output.</param>
/// <param name="Prompt">Its prompt.</param>
public sealed record NamedPrompt(string Name, Prompt Prompt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Pipeline))]
[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class PipelineJson : JsonSerializerContext
{
    /// <summary>Writes letters of every language as themselves, since people read these texts.</summary>
    public static PipelineJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
