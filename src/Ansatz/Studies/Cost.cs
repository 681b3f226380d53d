using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>What something costs, or may cost at most: an account that adds up.</summary>
public readonly record struct Cost
{
    /// <summary>Nothing.</summary>
    public static readonly Cost Zero;

    /// <summary>Candidates run on one item.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Rollouts { get; init; }

    /// <summary>Calls of a model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Calls { get; init; }

    /// <summary>Tokens sent to a model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long InputTokens { get; init; }

    /// <summary>Tokens that a model wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OutputTokens { get; init; }

    /// <summary>Money, in the currency of the price table.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public decimal Money { get; init; }

    /// <summary>The sum of two costs.</summary>
    public static Cost operator +(Cost left, Cost right) => new()
    {
        Rollouts = left.Rollouts + right.Rollouts,
        Calls = left.Calls + right.Calls,
        InputTokens = left.InputTokens + right.InputTokens,
        OutputTokens = left.OutputTokens + right.OutputTokens,
        Money = left.Money + right.Money,
    };

    /// <summary>The difference of two costs.</summary>
    public static Cost operator -(Cost left, Cost right) => new()
    {
        Rollouts = left.Rollouts - right.Rollouts,
        Calls = left.Calls - right.Calls,
        InputTokens = left.InputTokens - right.InputTokens,
        OutputTokens = left.OutputTokens - right.OutputTokens,
        Money = left.Money - right.Money,
    };

    /// <summary>The sum of two costs.</summary>
    public static Cost Add(Cost left, Cost right) => left + right;

    /// <summary>The difference of two costs.</summary>
    public static Cost Subtract(Cost left, Cost right) => left - right;
}
