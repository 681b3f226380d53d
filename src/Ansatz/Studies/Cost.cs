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

    /// <summary>How many of the calls have no known price: their money is not in <see cref="Money"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long UnpricedCalls { get; init; }

    /// <summary>How many of the calls did not say how many tokens they took: they are counted as the most that they can have taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long EstimatedCalls { get; init; }

    /// <summary>How many of the tokens are beyond what the server was allowed: no budget could reserve them, since the server did not keep to the limit that it was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ExcessTokens { get; init; }

    /// <summary>How much of the money is for <see cref="ExcessTokens"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public decimal ExcessMoney { get; init; }

    /// <summary>The sum of two costs.</summary>
    public static Cost operator +(Cost left, Cost right) => new()
    {
        Rollouts = left.Rollouts + right.Rollouts,
        Calls = left.Calls + right.Calls,
        InputTokens = left.InputTokens + right.InputTokens,
        OutputTokens = left.OutputTokens + right.OutputTokens,
        Money = left.Money + right.Money,
        UnpricedCalls = left.UnpricedCalls + right.UnpricedCalls,
        EstimatedCalls = left.EstimatedCalls + right.EstimatedCalls,
        ExcessTokens = left.ExcessTokens + right.ExcessTokens,
        ExcessMoney = left.ExcessMoney + right.ExcessMoney,
    };

    /// <summary>The difference of two costs.</summary>
    public static Cost operator -(Cost left, Cost right) => new()
    {
        Rollouts = left.Rollouts - right.Rollouts,
        Calls = left.Calls - right.Calls,
        InputTokens = left.InputTokens - right.InputTokens,
        OutputTokens = left.OutputTokens - right.OutputTokens,
        Money = left.Money - right.Money,
        UnpricedCalls = left.UnpricedCalls - right.UnpricedCalls,
        EstimatedCalls = left.EstimatedCalls - right.EstimatedCalls,
        ExcessTokens = left.ExcessTokens - right.ExcessTokens,
        ExcessMoney = left.ExcessMoney - right.ExcessMoney,
    };

    /// <summary>The sum of two costs.</summary>
    public static Cost Add(Cost left, Cost right) => left + right;

    /// <summary>The difference of two costs.</summary>
    public static Cost Subtract(Cost left, Cost right) => left - right;
}
