using System.Collections.Immutable;
using System.Numerics;
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
        int capacity = instance.Capacity, width = capacity + 1;
        double[] table = new double[width * width]; // [item, free]; NaN: not asked yet
        Array.Fill(table, double.NaN);

        // Bins with the same space are the same but for their numbers: of each space the earliest, and as bits which spaces there are.
        IntHeap[] open = [.. Enumerable.Range(0, width).Select(_ => new IntHeap())];
        ulong[] spaces = new ulong[(width + 63) / 64];
        open[capacity].Push(0); // the new bin
        spaces[capacity / 64] |= 1UL << capacity;
        int[] bins = new int[instance.Items.Length];
        int opened = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            int item = instance.Items[i], best = -1, bin = int.MaxValue;
            double most = double.NegativeInfinity;
            for (int word = item / 64; word < spaces.Length; word++)
            {
                ulong left = spaces[word] & (word == item / 64 ? ulong.MaxValue << item : ulong.MaxValue);
                for (; left != 0; left &= left - 1)
                {
                    int free = (word * 64) + BitOperations.TrailingZeroCount(left);
                    ref double p = ref table[(item * width) + free];
                    if (double.IsNaN(p))
                    {
                        p = priority(item, free) is var asked && double.IsNaN(asked) ? double.NegativeInfinity : asked;
                    }

                    if (best < 0 || p > most || (p == most && open[free].Least < bin))
                    {
                        (best, bin, most) = (free, open[free].Least, p);
                    }
                }
            }

            open[best].Pop();
            if (bin == opened)
            {
                open[capacity].Push(++opened);
            }

            if (open[best].Count == 0)
            {
                spaces[best / 64] &= ~(1UL << best);
            }

            open[best - item].Push(bin);
            spaces[(best - item) / 64] |= 1UL << (best - item);
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

        int[] filled = new int[bins.Length];
        int count = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            count += filled[bins[i]] == 0 ? 1 : 0;
            filled[bins[i]] += instance.Items[i];
            if (filled[bins[i]] > instance.Capacity)
            {
                throw new InvalidOperationException($"Bin {bins[i]} overflows with item {i}.");
            }
        }

        return count;
    }

    /// <summary>By how much a rule's bins exceed the lower bound, in percent: mean bins over mean bounds, as the literature has it.</summary>
    public static double ExcessPercent(IReadOnlyCollection<PackingInstance> instances, Func<double, double, double> priority) =>
        100 * ((instances.Average(i => Count(i, Pack(i, priority))) / instances.Average(i => i.LowerBound)) - 1);
}

/// <summary>The numbers of some bins, the least first.</summary>
internal sealed class IntHeap
{
    private int[] _items = new int[16];

    public int Count { get; private set; }

    public int Least => _items[0];

    public void Push(int item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * Count);
        }

        int at = Count++;
        for (int parent = (at - 1) / 2; at > 0 && _items[parent] > item; at = parent, parent = (at - 1) / 2)
        {
            _items[at] = _items[parent];
        }

        _items[at] = item;
    }

    public void Pop()
    {
        int item = _items[--Count], at = 0;
        for (int child = 1; child < Count; at = child, child = (2 * at) + 1)
        {
            child += child + 1 < Count && _items[child + 1] < _items[child] ? 1 : 0;
            if (_items[child] >= item)
            {
                break;
            }

            _items[at] = _items[child];
        }

        _items[at] = item;
    }
}
