// A piece of code found by search, from C#: which bin to put an item into, so that few bins do for an order whose items come one after the other.
//
//   dotnet run samples/Gaps.cs
//
// The grammar writes the programs, so neither a model nor a network is needed.
#:project ../src/Ansatz.Programs/Ansatz.Programs.csproj

using Ansatz;
using Ansatz.Programs;
using Ansatz.Sandbox;

// The hole is a delegate, with best fit to start from; what judges was seen by no search. Fewer bins are better.
ProgramObjective<Func<double, double, double>, Order> objective = new(
    new(HoleSignature.Of<Func<double, double, double>>("Priority"), "static double Priority(double item, double bin) => item - bin;"),
    new(Orders(0, 6), Orders(6, 6), Orders(12, 24), order => order.ToString()),
    (priority, order) => -order.Bins(priority),
    noun: "orders");
await using Study<ProgramSource> study = Study.Open("gaps.db", objective, new FunSearch(new GrammarMutator()) { Evaluations = 600 }, Budget.Unlimited, seed: 1);
Verdict<ProgramSource> verdict = await study.JudgeAsync();

Console.WriteLine(verdict);
Console.WriteLine($"\n{verdict.Winner.Value.Text}\n");

// What was found as a delegate to keep: every call runs in the sandbox. UnconfinedProgram.Compile would make plain code of it, to be read first.
using ConfinedProgram<Func<double, double, double>> found = objective.Confine(verdict.Winner.Value);
Console.WriteLine($"How much an item of 30 wants a bin with 70 left: {found.Call(30, 70):0.##}; one with 35 left: {found.Call(30, 35):0.##}.");

static Order[] Orders(int from, int count) => [.. Enumerable.Range(from, count).Select(i => new Order(i))];

/// <summary>120 items between 20 and 60, drawn from the order's number, for bins of 100.</summary>
internal sealed record Order(int Number)
{
    private readonly double[] _items = [.. Enumerable.Range(0, 120).Select(i => 20.0 + new Rng(1, $"order {Number}", i).Next(41))];

    /// <summary>How many bins it takes where each item goes to the bin that it wants most, of those that it fits into; a new one stands ready always.</summary>
    public int Bins(Func<double, double, double> priority)
    {
        List<double> left = [100];
        foreach (double item in _items)
        {
            int bin = Enumerable.Range(0, left.Count).Where(b => left[b] >= item).MaxBy(b => priority(item, left[b]));
            if (left[bin] == 100)
            {
                left.Add(100);
            }

            left[bin] -= item;
        }

        return left.Count - 1;
    }
}
