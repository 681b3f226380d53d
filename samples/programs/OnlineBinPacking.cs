using System.Collections.Immutable;
using System.Text.Json;

namespace Ansatz.Samples.Programs;

/// <summary>Items that arrive one after the other, and bins of one capacity to put them into.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Capacity">Of every bin.</param>
/// <param name="Items">Sizes, from 1 to the capacity, in the order in which they arrive.</param>
public sealed record PackingInstance(string Name, int Capacity, ImmutableArray<int> Items)
{
    /// <summary>No packing needs fewer bins: all sizes over the capacity, rounded up.</summary>
    public int LowerBound => (int)((Items.Sum(i => (long)i) + Capacity - 1) / Capacity);

    /// <summary>Items that follow a Weibull law: 45 times a Weibull number of shape 3, rounded, from 1 to 100; bins of 100.</summary>
    public static PackingInstance Weibull(int items, long seed)
    {
        Rng rng = new(seed, "packing/weibull", items);
        return new($"weibull {items} {seed}", 100, [.. Enumerable.Range(0, items).Select(_ =>
            Math.Clamp((int)Math.Round(45 * Math.Cbrt(-PortableMath.Log(1 - rng.NextDouble()))), 1, 100))]);
    }

    /// <summary>Items as in the OR library: whole numbers from 20 to 100, every one equally likely; bins of 150.</summary>
    public static PackingInstance Uniform(int items, long seed)
    {
        Rng rng = new(seed, "packing/uniform", items);
        return new($"uniform {items} {seed}", 150, [.. Enumerable.Range(0, items).Select(_ => 20 + rng.Next(81))]);
    }

    /// <summary>The instances of a file of <c>data/</c>.</summary>
    public static ImmutableArray<PackingInstance> Read(string path)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(path));
        return [.. file.RootElement.GetProperty("instances").EnumerateArray().Select(i => new PackingInstance(
            i.GetProperty("name").GetString()!, i.GetProperty("capacity").GetInt32(), [.. i.GetProperty("items").EnumerateArray().Select(x => x.GetInt32())]))];
    }
}

/// <summary>
/// Online bin packing: every item goes into the bin of the highest priority among those that it fits into, the earliest bin among equals, a new bin last. Not a number counts as the lowest priority.
/// </summary>
public static class OnlineBinPacking
{
    /// <summary>Puts every item into a bin.</summary>
    /// <param name="instance">The items.</param>
    /// <param name="priority">How much to want an item in a bin: its size, and what is free in the bin. It may depend on nothing else, and is asked once for each pair.</param>
    /// <returns>The bin of each item, numbered from 0 in the order in which they were opened.</returns>
    public static int[] Pack(PackingInstance instance, Func<double, double, double> priority)
    {
        int capacity = instance.Capacity;
        double[] table = new double[(capacity + 1) * (capacity + 1)]; // [item, free]
        foreach (int item in instance.Items.Distinct())
        {
            for (int free = item; free <= capacity; free++)
            {
                double p = priority(item, free);
                table[(item * (capacity + 1)) + free] = double.IsNaN(p) ? double.NegativeInfinity : p;
            }
        }

        // Bins with the same space are the same but for their numbers: the earliest of each.
        PriorityQueue<int, int>[] open = [.. Enumerable.Range(0, capacity + 1).Select(_ => new PriorityQueue<int, int>())];
        int[] bins = new int[instance.Items.Length];
        int opened = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            int item = instance.Items[i], best = -1, bin = int.MaxValue;
            for (int free = item; free <= capacity; free++)
            {
                if (!open[free].TryPeek(out int first, out _))
                {
                    if (free < capacity)
                    {
                        continue;
                    }

                    first = opened; // a new bin
                }

                double p = table[(item * (capacity + 1)) + free];
                if (best < 0 || p > table[(item * (capacity + 1)) + best] || (p == table[(item * (capacity + 1)) + best] && first < bin))
                {
                    (best, bin) = (free, first);
                }
            }

            if (bin == opened)
            {
                opened++;
            }
            else
            {
                open[best].Dequeue();
            }

            open[best - item].Enqueue(bin, bin);
            bins[i] = bin;
        }

        return bins;
    }

    /// <summary>The bins that a packing needs.</summary>
    /// <exception cref="InvalidOperationException">It is no packing of the instance.</exception>
    public static int Count(PackingInstance instance, ReadOnlySpan<int> bins)
    {
        if (bins.Length != instance.Items.Length)
        {
            throw new InvalidOperationException("A packing needs a bin for every item.");
        }

        Dictionary<int, int> filled = [];
        for (int i = 0; i < bins.Length; i++)
        {
            filled[bins[i]] = filled.GetValueOrDefault(bins[i]) + instance.Items[i];
            if (filled[bins[i]] > instance.Capacity)
            {
                throw new InvalidOperationException($"Bin {bins[i]} overflows with item {i}.");
            }
        }

        return filled.Count;
    }

    /// <summary>By how much a rule's bins exceed the lower bound, in percent: mean bins over mean bounds, as the literature has it.</summary>
    public static double ExcessPercent(IReadOnlyCollection<PackingInstance> instances, Func<double, double, double> priority) =>
        100 * ((instances.Average(i => Count(i, Pack(i, priority))) / instances.Average(i => i.LowerBound)) - 1);
}
