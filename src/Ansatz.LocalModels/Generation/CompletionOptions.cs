using System.Collections.Immutable;

namespace Ansatz.LocalModels;

/// <summary>How <see cref="EmbeddedModel.CompleteAsync"/> and <see cref="EmbeddedModel.SampleAsync"/> continue a text.</summary>
public sealed record CompletionOptions
{
    /// <summary>The most tokens that are generated; the context may end before.</summary>
    public int MaxTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxTokens));
            field = value;
        }
    } = 512;

    /// <summary>0: always the likeliest token. 1: the model's own probabilities.</summary>
    public double Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Temperature));
            field = value;
        }
    }

    /// <summary>Only the likeliest tokens that together reach this probability; 1: all.</summary>
    public double TopP
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(TopP));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(TopP));
            field = value;
        }
    } = 1;

    /// <summary>Only this many of the likeliest tokens; null: all.</summary>
    public int? TopK
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value.GetValueOrDefault(1), nameof(TopK));
            field = value;
        }
    }

    /// <summary>What the draws come from: the same seed, the same text. Sample i of several has a stream of its own.</summary>
    public long Seed { get; init; }

    /// <summary>The text ends before the first of these.</summary>
    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>A grammar in llama.cpp's GBNF notation, whose <c>root</c> the text must follow; null: none.</summary>
    public string? Grammar { get; init; }

    /// <summary>Whether the prompt's <c>&lt;|im_start|&gt;</c> and the like are control tokens. Off, since a text from elsewhere could contain them.</summary>
    public bool ParseControlTokens { get; init; }
}
