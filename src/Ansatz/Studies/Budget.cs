using System.Globalization;
using System.Text.Json.Serialization;

namespace Ansatz;

/// <summary>Hard limits on what the search of one arm may spend. A limit ends an arm and never changes its course. <see langword="null"/>: no limit.</summary>
public sealed record Budget
{
    /// <summary>No limit: the optimizer ends by itself.</summary>
    public static readonly Budget Unlimited = new();

    /// <summary>Most rollouts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxRollouts { get; init => field = Checked(value); }

    /// <summary>Most calls of a model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxCalls { get; init => field = Checked(value); }

    /// <summary>Most tokens, sent and written together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxTokens { get; init => field = Checked(value); }

    /// <summary>Most money, in the currency of the price table.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? MaxMoney
    {
        get;
        init
        {
            if (value is { } money)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(money);
            }

            field = value;
        }
    }

    /// <summary>Most time that the arm's effects may take on the clock, over all runs of the study. What was begun is awaited.</summary>
    /// <remarks>The one limit that is no function of the answers: where it stopped the arm is written down, and that is where it stops again on replay.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? MaxTime
    {
        get;
        init
        {
            if (value is { } time)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
            }

            field = value;
        }
    }

    /// <summary>Most candidates in a row without a gain: a better mean than any before, over all validation items, or over the train items (half of them at least, at once). What a search gives up before that brings none.</summary>
    /// <remarks>Then a search tries nothing new, and chooses among what it has (<see cref="Search{T}.HasStalled"/>). So it is the one limit that cannot change when a study goes on: what came after it would not be a beginning of what comes now.</remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Plateau
    {
        get;
        init
        {
            if (value is { } trials)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
            }

            field = value;
        }
    }

    /// <summary>A budget of rollouts alone.</summary>
    public static Budget Rollouts(long most) => new() { MaxRollouts = most };

    /// <summary>Whether <paramref name="spent"/> stays within every limit of rollouts, calls, tokens and money.</summary>
    public bool Covers(Cost spent) => FirstExceeded(spent) is null;

    /// <summary>The first limit that <paramref name="spent"/> exceeds, in words ("the budget of 5,000 rollouts"); none if all hold.</summary>
    public string? FirstExceeded(Cost spent) =>
        spent.Rollouts > MaxRollouts ? Words(MaxRollouts.Value, "rollouts")
        : spent.Calls > MaxCalls ? Words(MaxCalls.Value, "calls")
        : spent.InputTokens + spent.OutputTokens > MaxTokens ? Words(MaxTokens.Value, "tokens")
        : spent.Money > MaxMoney ? string.Create(CultureInfo.InvariantCulture, $"the budget of {MaxMoney.Value:0.00##}")
        : null;

    /// <summary>Whether this budget allows everything that <paramref name="other"/> allows.</summary>
    public bool IsAtLeast(Budget other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return NotBelow(MaxRollouts, other.MaxRollouts) && NotBelow(MaxCalls, other.MaxCalls)
            && NotBelow(MaxTokens, other.MaxTokens) && NotBelow(MaxMoney, other.MaxMoney)
            && NotBelow(MaxTime, other.MaxTime) && NotBelow(Plateau, other.Plateau);
    }

    /// <summary>The first limit in which this budget differs from another, in words ("5,000 rollouts instead of 6,000").</summary>
    internal string FirstDifference(Budget other) =>
        MaxRollouts != other.MaxRollouts ? Words(MaxRollouts, other.MaxRollouts, "rollouts")
        : MaxCalls != other.MaxCalls ? Words(MaxCalls, other.MaxCalls, "calls")
        : MaxTokens != other.MaxTokens ? Words(MaxTokens, other.MaxTokens, "tokens")
        : MaxMoney != other.MaxMoney ? Words(MaxMoney, other.MaxMoney, "of money")
        : MaxTime != other.MaxTime ? Words(MaxTime?.TotalMinutes, other.MaxTime?.TotalMinutes, "minutes")
        : Words(Plateau, other.Plateau, "trials without a gain");

    private static string Words<TNumber>(TNumber? mine, TNumber? theirs, string unit)
        where TNumber : struct, IFormattable =>
        $"{mine?.ToString("#,0.####", CultureInfo.InvariantCulture) ?? "unlimited"} {unit} instead of {theirs?.ToString("#,0.####", CultureInfo.InvariantCulture) ?? "unlimited"}";

    private static bool NotBelow<TNumber>(TNumber? mine, TNumber? theirs)
        where TNumber : struct, IComparable<TNumber> =>
        mine is null || (theirs is { } limit && mine.Value.CompareTo(limit) >= 0);

    private static string Words(long limit, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"the budget of {limit:N0} {unit}");

    private static long? Checked(long? value)
    {
        if (value is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number);
        }

        return value;
    }
}
