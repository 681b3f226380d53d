using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Language;

/// <summary>Draws splits: stratified by answer, without replacement, each split from a generator of its own.</summary>
internal static class SplitDrawer
{
    public static ImmutableArray<DataSplits> Disjoint(Dataset data, int test, int sets, int train, int validation, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sets);
        RequireItems("test", test);
        RequireEnough(data, data.Distinct, test, sets, train, validation);

        // The test items first: they are then the same whatever the sizes of the other splits.
        Pool pool = new(data.Distinct);
        ImmutableArray<TextItem> testItems = pool.Draw(test, new(seed, "split/test"));
        return DrawSets(data, data, pool, testItems, sets, train, validation, seed);
    }

    public static DataSplits WithTest(Dataset data, Dataset test, int train, int validation, long seed)
    {
        DataSplits.RequireSameInputs(data, test);
        HashSet<string> judged = test.Items.Select(i => i.Key).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<TextItem> rest = [.. data.Distinct.Where(i => !judged.Contains(i.Key))];
        RequireEnough(data, rest, test: 0, sets: 1, train, validation);
        return DrawSets(data, test, new(rest), test.Distinct, sets: 1, train, validation, seed)[0];
    }

    /// <summary>Some of the items, stratified by answer, in random order.</summary>
    public static ImmutableArray<TextItem> Draw(IEnumerable<TextItem> items, int count, Rng rng) => new Pool(items).Draw(count, rng);

    private static ImmutableArray<DataSplits> DrawSets(
        Dataset data, Dataset test, Pool pool, ImmutableArray<TextItem> testItems, int sets, int train, int validation, long seed)
    {
        ImmutableArray<DataSplits>.Builder drawn = ImmutableArray.CreateBuilder<DataSplits>(sets);
        for (int s = 0; s < sets; s++)
        {
            ImmutableArray<TextItem> validationItems = pool.Draw(validation, new(seed, "split/validation", s));
            ImmutableArray<TextItem> trainItems = pool.Draw(train, new(seed, "split/train", s));
            drawn.Add(DataSplits.Drawn(data, test, trainItems, validationItems, testItems));
        }

        return drawn.MoveToImmutable();
    }

    private static void RequireItems(string split, int count)
    {
        if (count <= 0)
        {
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"The {split} split has {count} items; it must have at least 1."));
        }
    }

    private static void RequireEnough(Dataset data, ImmutableArray<TextItem> distinct, int test, int sets, int train, int validation)
    {
        RequireItems("train", train);
        RequireItems("validation", validation);
        long needed = test + (sets * ((long)train + validation));
        if (needed <= distinct.Length)
        {
            return;
        }

        string held = distinct.Length == data.Items.Length
            ? string.Create(CultureInfo.InvariantCulture, $"{data.Name} holds {distinct.Length:N0} rows")
            : string.Create(CultureInfo.InvariantCulture, $"{data.Name} holds {data.Items.Length:N0} rows with {distinct.Length:N0} different texts");
        string parts = string.Create(
            CultureInfo.InvariantCulture,
            $"{(sets > 1 ? $"{sets} times " : "")}train {train} and validation {validation}{(test > 0 ? $", and test {test}," : "")}");
        throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{held}; {parts} need {needed:N0}. Make the splits smaller."));
    }

    /// <summary>Items that were not drawn yet, by answer.</summary>
    private sealed class Pool(IEnumerable<TextItem> items)
    {
        private readonly List<TextItem>[] _byAnswer = [.. items.GroupBy(i => i.Answer, StringComparer.Ordinal).Select(g => g.ToList())];

        // Answer a has n_a of the N items left, so its share of a draw of n is q_a = n n_a / N. Everyone gets floor(q_a); the items that
        // are then missing go to answers with probability q_a - floor(q_a) each (systematic sampling over answers in random order). So
        // a count is never off by one or more, and no answer is favoured, however many answers there are.
        public ImmutableArray<TextItem> Draw(int count, Rng rng)
        {
            long left = _byAnswer.Sum(a => (long)a.Count);
            rng.Shuffle(_byAnswer.AsSpan());
            List<TextItem> drawn = new(count);
            long position = 0;
            long next = rng.Next((int)left); // in units of 1/N items
            foreach (List<TextItem> answer in _byAnswer)
            {
                (long quota, long remainder) = Math.DivRem((long)count * answer.Count, left);
                position += remainder;
                if (next < position)
                {
                    quota++;
                    next += left;
                }

                int[] chosen = rng.Choose((int)quota, answer.Count);
                drawn.AddRange(chosen.Select(i => answer[i]));
                foreach (int i in chosen.OrderDescending())
                {
                    answer.RemoveAt(i);
                }
            }

            TextItem[] order = [.. drawn];
            rng.Shuffle(order.AsSpan());
            return [.. order];
        }
    }
}
