using System.Collections.Immutable;

namespace Ansatz.Prompts;

/// <summary>What <see cref="Gepa{T}"/> knows: every accepted candidate with its texts, its parents and its score on every validation item. Plain numbers and texts, so that it can be checked by hand.</summary>
internal sealed class GepaPool
{
    private readonly List<ImmutableArray<string>> _texts = []; // [candidates][components]
    private readonly List<ImmutableArray<double>> _scores = []; // [candidates][V]
    private readonly List<ImmutableArray<int>> _parents = []; // [candidates], as indices
    private readonly List<int> _next = []; // [candidates] the component that is reflected on next
    private readonly HashSet<MergePlan> _planned = [];
    private readonly HashSet<string> _merged = []; // texts of merges that were tried

    public int Count => _texts.Count;

    /// <summary>The candidate with the best mean, ties to the earlier.</summary>
    public int Best => Enumerable.Range(0, Count).MaxBy(Mean); // MaxBy keeps the first of equals

    public ImmutableArray<string> Texts(int candidate) => _texts[candidate];

    public ImmutableArray<double> Scores(int candidate) => _scores[candidate];

    public double Mean(int candidate) => _scores[candidate].Average();

    public bool Contains(IReadOnlyList<string> texts) => _texts.Any(t => t.SequenceEqual(texts));

    /// <summary>Adds a candidate. It goes on with the round of components where that parent is that has come further.</summary>
    public void Add(IEnumerable<string> texts, IEnumerable<double> scores, params ImmutableArray<int> parents)
    {
        _texts.Add([.. texts]);
        _scores.Add([.. scores]);
        _parents.Add(parents);
        _next.Add(parents.IsEmpty ? 0 : parents.Max(p => _next[p]));
    }

    /// <summary>Round robin: the component of a candidate whose turn it is; the next call gives the one after it.</summary>
    public int NextComponent(int candidate)
    {
        int component = _next[candidate];
        _next[candidate] = (component + 1) % _texts[candidate].Length;
        return component;
    }

    /// <summary>In how many fronts each candidate is, 0 for those removed. An item's front is the set of candidates that reach its best score.</summary>
    /// <remarks>
    /// Removed is, in ascending order of mean score (ties: the earlier first, so that a child takes the place of an equal parent), who has company in every front it is in, of those that remain. Nobody is removed later who
    /// could not be removed before, so one pass is enough.
    /// </remarks>
    public int[] FrontCounts()
    {
        bool[][] fronts =
        [
            .. Enumerable.Range(0, _scores[0].Length).Select(item =>
            {
                double best = _scores.Max(s => s[item]);
                return _scores.Select(s => s[item] == best).ToArray();
            }),
        ];
        bool[] remains = [.. Enumerable.Repeat(true, Count)];
        foreach (int k in Enumerable.Range(0, Count).OrderBy(Mean))
        {
            remains[k] = fronts.Any(front => front[k] && !Enumerable.Range(0, Count).Any(other => other != k && front[other] && remains[other]));
        }

        return [.. Enumerable.Range(0, Count).Select(k => remains[k] ? fronts.Count(front => front[k]) : 0)];
    }

    /// <summary>ParetoSelect: a candidate drawn in proportion to the number of fronts it is in.</summary>
    public int ParetoSelect(Rng rng)
    {
        int[] counts = FrontCounts();
        int at = rng.Next(counts.Sum());
        int candidate = 0;
        while (at >= counts[candidate])
        {
            at -= counts[candidate++];
        }

        return candidate;
    }

    /// <summary>Every i &lt; j and a that may be merged and were not yet.</summary>
    /// <remarks>
    /// i and j are on the front, neither is an ancestor of the other, a is an ancestor of both with a mean not above either's, and in some component
    /// exactly one of them still has the text of a: that is what the other one learnt alone.
    /// </remarks>
    public IEnumerable<MergePlan> Merges()
    {
        int[] counts = FrontCounts();
        int[] front = [.. Enumerable.Range(0, Count).Where(k => counts[k] > 0)];
        foreach (int i in front)
        {
            foreach (int j in front.Where(j => j > i && !Ancestors(j).Contains(i))) // a later one is never an ancestor of an earlier one
            {
                foreach (int a in Ancestors(i).Intersect(Ancestors(j)).Order())
                {
                    bool isComplementary = Enumerable.Range(0, _texts[a].Length).Any(c => (_texts[i][c] == _texts[a][c]) != (_texts[j][c] == _texts[a][c]));
                    if (Mean(a) <= Mean(i) && Mean(a) <= Mean(j) && isComplementary && !_planned.Contains(new(i, j, a)))
                    {
                        yield return new(i, j, a);
                    }
                }
            }
        }
    }

    /// <summary>The texts of a merge: what only one of the two has changed is taken from it; where both have, the better one's, ties at random.</summary>
    public ImmutableArray<string> Merged(MergePlan plan, Rng rng)
    {
        ImmutableArray<string> a = _texts[plan.Ancestor], i = _texts[plan.First], j = _texts[plan.Second];
        return
        [
            .. Enumerable.Range(0, a.Length).Select(c =>
                i[c] == a[c] ? j[c]
                : j[c] == a[c] ? i[c]
                : i[c] == j[c] ? i[c]
                : Mean(plan.First) != Mean(plan.Second) ? _texts[Mean(plan.First) > Mean(plan.Second) ? plan.First : plan.Second][c]
                : _texts[rng.Next(2) == 0 ? plan.First : plan.Second][c]),
        ];
    }

    /// <summary>A merge that was not tried before and gives texts that nobody has: pairs equally likely, their ancestors in proportion to their mean scores. None if there is none.</summary>
    public (MergePlan Plan, ImmutableArray<string> Texts)? NextMerge(Rng rng)
    {
        while (Merges().GroupBy(m => (m.First, m.Second)).ToArray() is { Length: > 0 } pairs)
        {
            MergePlan[] plans = [.. rng.Pick(pairs)];
            double[] weights = [.. plans.Select(p => Math.Max(0, Mean(p.Ancestor)))];
            weights = weights.Sum() > 0 ? weights : [.. weights.Select(_ => 1.0)];
            double at = rng.NextDouble() * weights.Sum();
            int drawn = 0;
            while (drawn < plans.Length - 1 && at >= weights[drawn])
            {
                at -= weights[drawn++];
            }

            _planned.Add(plans[drawn]);
            ImmutableArray<string> texts = Merged(plans[drawn], rng);
            if (!Contains(texts) && _merged.Add(string.Join('\0', texts)))
            {
                return (plans[drawn], texts);
            }
        }

        return null;
    }

    /// <summary>The validation items of a merge's first test: up to a third each where i is better, j is better and both are equal, and any others to fill up.</summary>
    public int[] MergeItems(MergePlan plan, int count, Rng rng)
    {
        ImmutableArray<double> i = _scores[plan.First], j = _scores[plan.Second];
        int[] all = [.. Enumerable.Range(0, i.Length)];
        List<int> chosen = [];
        foreach (int sign in (ReadOnlySpan<int>)[1, -1, 0])
        {
            int[] kind = [.. all.Where(v => Math.Sign(i[v].CompareTo(j[v])) == sign)];
            int take = Math.Min(Math.Min(kind.Length, (count + 2) / 3), count - chosen.Count);
            chosen.AddRange(rng.Choose(take, kind.Length).Select(v => kind[v]));
        }

        int[] rest = [.. all.Except(chosen)];
        chosen.AddRange(rng.Choose(Math.Min(count - chosen.Count, rest.Length), rest.Length).Select(v => rest[v]));
        return [.. chosen];
    }

    private HashSet<int> Ancestors(int candidate)
    {
        HashSet<int> found = [];
        Stack<int> open = new(_parents[candidate]);
        while (open.TryPop(out int parent))
        {
            if (found.Add(parent))
            {
                foreach (int grandparent in _parents[parent])
                {
                    open.Push(grandparent);
                }
            }
        }

        return found;
    }
}

/// <summary>Two candidates to merge, and the ancestor of both by which is told who has learnt what.</summary>
internal sealed record MergePlan(int First, int Second, int Ancestor);
