using System.Globalization;
using System.Text.Json.Nodes;

namespace Ansatz.Cli;

/// <summary>What one endpoint may be asked, and bill.</summary>
/// <param name="Who">Which one.</param>
/// <param name="Least">With few tokens for the bytes.</param>
/// <param name="Most">With as many as there can be.</param>
/// <param name="IsEstimate">Whether the number of calls is not a bound, but what a rehearsal came to.</param>
internal sealed record Bill(string Who, Cost Least, Cost Most, bool IsEstimate = false)
{
    /// <summary>One bill for each endpoint.</summary>
    public static IReadOnlyList<Bill> Together(IEnumerable<Bill> bills) =>
        [.. bills.GroupBy(b => b.Who).Select(g => g.Aggregate((sum, next) => sum with { Least = sum.Least + next.Least, Most = sum.Most + next.Most }))];

    /// <summary>Adds the sums to a plan: calls and tokens, and money where all prices are known; nothing where there are no bills.</summary>
    public static void AddTo(JsonObject plan, IReadOnlyList<Bill> bills)
    {
        bool isPriced = bills.Count > 0 && bills.All(b => b.Most.UnpricedCalls == 0);
        plan["calls"] = bills.Count > 0 ? bills.Sum(b => b.Most.Calls) : null;
        plan["tokensLow"] = bills.Count > 0 ? bills.Sum(b => b.Least.InputTokens + b.Least.OutputTokens) : null;
        plan["tokensHigh"] = bills.Count > 0 ? bills.Sum(b => b.Most.InputTokens + b.Most.OutputTokens) : null;
        plan["moneyLow"] = isPriced ? bills.Sum(b => b.Least.Money) : null;
        plan["moneyHigh"] = isPriced ? bills.Sum(b => b.Most.Money) : null;
    }

    /// <summary>The same in a line.</summary>
    public string InWords
    {
        get
        {
            string money = Most.UnpricedCalls > 0
                ? "their price is not known; say it under \"prices\""
                : string.Create(CultureInfo.InvariantCulture, $"{Least.Money:0.00##} to {Most.Money:0.00##} of money");
            return string.Create(
                CultureInfo.InvariantCulture,
                $"calls: {(IsEstimate ? "about" : "at most")} {Most.Calls:N0} of {Who}, if all are made: {Least.InputTokens + Least.OutputTokens:N0} to {Most.InputTokens + Most.OutputTokens:N0} tokens, {money}");
        }
    }
}
