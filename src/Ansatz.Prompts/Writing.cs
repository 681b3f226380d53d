using System.Text.Json.Nodes;

namespace Ansatz.Prompts;

/// <summary>How a proposer is asked for an instruction.</summary>
public enum WritingStyle
{
    /// <summary>As a chat model: a request in words, answered between <c>&lt;INS&gt;</c> and <c>&lt;/INS&gt;</c>.</summary>
    Chat,

    /// <summary>As a plain language model: a text with a pattern, which it goes on with to the end of the line.</summary>
    Plain,
}

/// <summary>How a search has its proposer write instructions.</summary>
public sealed record Writing
{
    /// <summary>By what the proposer is.</summary>
    public WritingStyle Style { get; init; } = WritingStyle.Chat;

    /// <summary>The proposer's temperature. Default 1.</summary>
    public float Temperature
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Temperature));
            field = value;
        }
    } = 1;

    /// <summary>The proposer's top-p. Default 1.</summary>
    public float TopP
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(TopP));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(TopP));
            field = value;
        }
    } = 1;

    /// <summary>The longest reply, in tokens. Default 256.</summary>
    public int MaxTokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxTokens));
            field = value;
        }
    } = 256;

    /// <summary>Longer instructions are refused. Default 500 characters.</summary>
    public int MaxCharacters
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxCharacters));
            field = value;
        }
    } = 500;

    /// <summary>The settings, whole.</summary>
    public JsonObject Settings => new()
    {
        ["style"] = Style.ToString(),
        ["temperature"] = Temperature,
        ["topP"] = TopP,
        ["maxTokens"] = MaxTokens,
        ["maxCharacters"] = MaxCharacters,
    };
}
