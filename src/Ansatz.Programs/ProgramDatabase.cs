using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Ansatz.Programs;

/// <summary>A program as the database knows it.</summary>
/// <param name="Id">The candidate's id.</param>
/// <param name="Source">Its text.</param>
/// <param name="Scores">Its scores, one an input, in the order of the inputs. Finite.</param>
public sealed record RegisteredProgram(string Id, ProgramSource Source, ImmutableArray<double> Scores)
{
    /// <summary>Length of its text, in characters.</summary>
    public int Length => Source.Text.Length;
}

/// <summary>What a proposer is shown.</summary>
/// <param name="Island">Where they are from, and where the child goes.</param>
/// <param name="Programs">The programs, worse first. The same one may stand there twice.</param>
/// <param name="Base">Which of them a grammar changes: the best; by ε-lexicase selection the one that was drawn first, which may be better on some inputs alone. (A model that is asked for edits is asked to edit the best.)</param>
public sealed record ShownPrograms(int Island, ImmutableArray<RegisteredProgram> Programs, int Base);

/// <summary>
/// The programs database of FunSearch: islands that evolve apart, on each island clusters of programs with the same scores.
/// Romera-Paredes et al. 2023, "Mathematical discoveries from program search with large language models", Nature 625, doi:10.1038/s41586-023-06924-6.
/// </summary>
/// <remarks>
/// <para>
/// Symbols: s_c the score of cluster c, n programs registered on an island, ℓ_j the length of program j. A prompt draws an island, every one equally likely; then min(k, clusters) clusters with replacement,
/// with probabilities softmax(s_c / T), T = T0 (1 − (n mod period) / period); in each a program with probabilities softmax(−ℓ'_j), ℓ'_j = (ℓ_j − min ℓ) / (max ℓ + 1e-6).
/// </para>
/// <para>
/// Differs from the reference implementation unless <see cref="DatabaseSettings.Reference"/> says so: T counts in units of the distance from the best cluster of the island to its tenth best, since with bins or sizes as scores
/// a fixed T is greedy from the first program on, and since a unit that looked at all clusters would be set by the worst of them (where ten clusters share the best score the unit is nil, and draws are among those alike); clusters and islands are bounded; resets come by count, not by the clock, so that a search can be repeated.
/// </para>
/// <para>With <see cref="DatabaseSettings.LexicasePool"/>, as by default, the best clusters of an island first pass its inputs (<see cref="EpsilonLexicase"/>), each of the k draws in an order of its own; the softmax is over those that pass all of them.</para>
/// <para>A pure function of what was registered and of the draws it was given. Not thread-safe.</para>
/// </remarks>
/// <param name="settings">The settings.</param>
public sealed class ProgramDatabase(DatabaseSettings settings)
{
    private readonly Island[] _islands = [.. Enumerable.Range(0, settings.Islands).Select(_ => new Island())];
    private readonly List<int> _left = [.. Enumerable.Range(0, settings.Islands)]; // those that have not ended
    private long _sinceReset;

    /// <summary>The score that decides: of one program, over its inputs.</summary>
    public double Reduce(RegisteredProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return settings.Reduce(program.Scores);
    }

    /// <summary>Puts the start program on every island.</summary>
    public void Begin(RegisteredProgram start)
    {
        ArgumentNullException.ThrowIfNull(start);
        foreach (Island island in _islands)
        {
            island.Register(start, Reduce(start), settings, rng: null);
        }
    }

    /// <summary>Puts a child on the island that its parents were drawn from, and resets islands when it is time.</summary>
    /// <param name="program">A program with a score on every input.</param>
    /// <param name="island">The island of its <see cref="ShownPrograms"/>.</param>
    /// <param name="rng">A generator of its own for this registration.</param>
    /// <param name="parent">What it was made from.</param>
    /// <returns>By how much it is better than its parent, in units of the spread of its island: 0 if it is not, 1 at most.</returns>
    public double Register(RegisteredProgram program, int island, Rng rng, RegisteredProgram? parent = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(rng);
        _islands[island].Register(program, Reduce(program), settings, rng);
        double gain = parent is null ? 0 : Math.Clamp((Reduce(program) - Reduce(parent)) / _islands[island].Spread(), 0, 1);
        if (settings.HalveEvery is null && ++_sinceReset >= settings.ResetEvery)
        {
            _sinceReset = 0;
            int reset = settings.Islands / 2;
            Reset([.. _islands.Select(_ => rng.NextGaussian())], [.. Enumerable.Range(0, reset).Select(_ => rng.Next(settings.Islands - reset))]);
        }

        return gain;
    }

    /// <summary>Draws what a proposer is shown.</summary>
    /// <param name="rng">A generator of its own for this prompt.</param>
    public ShownPrograms Draw(Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        int island = _left[rng.Next(_left.Count)];
        return settings.LexicasePool is { } pool
            ? Draw(island, count => [.. Enumerable.Range(0, count).Select(_ => Lexicase(island, pool, rng))], (p, count) => [Weighted(p, rng)])
            : Draw(island, (p, count) => [.. Enumerable.Range(0, count).Select(_ => Weighted(p, rng))]);
    }

    /// <summary>The worse half of the islands that are left ends: nothing is drawn from them any more. Of two equal ones the later; of an odd number the smaller half; the last one never.</summary>
    public void Halve()
    {
        int[] best = [.. _left.OrderByDescending(i => _islands[i].BestScore)];
        _left.RemoveAll(i => best.AsSpan(best.Length - (best.Length / 2)).Contains(i));
    }

    /// <summary>Lets go of what is on islands that have ended: no child is on its way there any more.</summary>
    internal void LetEndedGo()
    {
        foreach (int island in Enumerable.Range(0, _islands.Length).Except(_left))
        {
            _islands[island] = new();
        }
    }

    /// <summary>As <see cref="Draw(Rng)"/>, from one island, with draws from outside: probabilities and how many indices are wanted.</summary>
    internal ShownPrograms Draw(int island, Func<double[], int, int[]> draw)
    {
        List<Cluster> clusters = _islands[island].Clusters;
        return Draw(island, count => [.. draw(ClusterProbabilities(island), count).Select(c => clusters[c])], draw);
    }

    private ShownPrograms Draw(int island, Func<int, Cluster[]> drawClusters, Func<double[], int, int[]> draw)
    {
        Cluster[] drawn = drawClusters(Math.Min(_islands[island].Clusters.Count, settings.Shown));
        (Cluster Cluster, RegisteredProgram Program, bool IsFirst)[] shown =
            [.. drawn.Select((c, i) => (c, c.Programs[draw(ProgramProbabilities(c), 1)[0]], i == 0)).OrderBy(s => s.c.Score)]; // stable: equal scores stay in the order of the draws
        return new(island, [.. shown.Select(s => s.Program)], settings.LexicasePool is null ? shown.Length - 1 : Array.FindIndex(shown, s => s.IsFirst));
    }

    // A cluster that passes every input among an island's best; of several one by the temperature.
    private Cluster Lexicase(int island, int pool, Rng rng)
    {
        Cluster[] best = _islands[island].BestClusters(pool, rng);
        Cluster[] passing = [.. EpsilonLexicase.Passing([.. best.Select(c => c.Scores)], rng).Select(i => best[i])];
        return passing[Weighted(Softmax([.. passing.Select(c => c.Score / TemperatureUnit(island))]), rng)];
    }

    /// <summary>T of an island.</summary>
    internal double TemperatureOf(int island) => settings.Temperature * (1 - ((double)(_islands[island].Count % settings.Period) / settings.Period));

    /// <summary>How many programs were registered on an island since it began.</summary>
    internal int CountOf(int island) => _islands[island].Count;

    /// <summary>The clusters of an island in the order in which they opened.</summary>
    internal IReadOnlyList<Cluster> ClustersOf(int island) => _islands[island].Clusters;

    /// <summary>softmax(s_c / T) [clusters].</summary>
    internal double[] ClusterProbabilities(int island)
    {
        double unit = TemperatureUnit(island);
        return Softmax([.. _islands[island].Clusters.Select(c => c.Score / unit)]);
    }

    // T in units of the score.
    private double TemperatureUnit(int island) => TemperatureOf(island) * (settings.ScalesTemperature ? _islands[island].Spread() : 1);

    /// <summary>softmax(−ℓ' / T_ℓ) [programs of the cluster].</summary>
    internal double[] ProgramProbabilities(Cluster cluster)
    {
        int shortest = cluster.Programs.Min(p => p.Length), longest = cluster.Programs.Max(p => p.Length);
        return Softmax([.. cluster.Programs.Select(p => -((p.Length - shortest) / (longest + 1e-6)) / settings.LengthTemperature)]);
    }

    /// <summary>The worse half of the islands begins again, each with the best program of an island of the better half.</summary>
    /// <param name="noise">Standard normal, one an island: breaks ties.</param>
    /// <param name="founders">For each island that begins again, worst first, whose best founds it: an index into the better half, worst first.</param>
    internal void Reset(double[] noise, int[] founders)
    {
        int[] worstFirst = [.. Enumerable.Range(0, _islands.Length).OrderBy(i => _islands[i].BestScore + (1e-6 * noise[i]))];
        int reset = _islands.Length / 2;
        RegisteredProgram[] best = [.. worstFirst[reset..].Select(i => _islands[i].Best!)];
        for (int i = 0; i < reset; i++)
        {
            Island island = new();
            RegisteredProgram founder = best[founders[i]];
            island.Register(founder, Reduce(founder), settings, rng: null);
            _islands[worstFirst[i]] = island;
        }
    }

    private static double[] Softmax(double[] x)
    {
        double most = x.Max(), sum = 0;
        int at = 0;
        for (; at <= x.Length - Vector256<double>.Count; at += Vector256<double>.Count) // an island of a long search has thousands of clusters
        {
            PortableMath.Exp(Vector256.Create(x, at) - Vector256.Create(most)).CopyTo(x, at);
        }

        for (; at < x.Length; at++)
        {
            x[at] = PortableMath.Exp(x[at] - most);
        }

        foreach (double e in x)
        {
            sum += e;
        }

        for (int i = 0; i < x.Length; i++)
        {
            x[i] /= sum;
        }

        return x;
    }

    private static int Weighted(double[] p, Rng rng)
    {
        double at = rng.NextDouble();
        for (int i = 0; i < p.Length - 1; i++)
        {
            at -= p[i];
            if (at < 0)
            {
                return i;
            }
        }

        return p.Length - 1;
    }

    /// <summary>Programs with the same signature.</summary>
    internal sealed class Cluster(string signature, double score, ImmutableArray<double> scores)
    {
        private int _came;

        /// <summary>A hash of the scores of its programs.</summary>
        public string Signature => signature;

        public double Score => score;

        /// <summary>The scores of its first program, one an input.</summary>
        public ImmutableArray<double> Scores => scores;

        public List<RegisteredProgram> Programs { get; } = [];

        public void Add(RegisteredProgram program, int? capacity, Rng? rng)
        {
            _came++;
            if (capacity is not { } most || Programs.Count < most)
            {
                Programs.Add(program);
            }
            else if (rng!.Next(_came) is int place && place < most)
            {
                Programs[place] = program;
            }
        }
    }

    private sealed class Island
    {
        private const int Top = 10;
        private const double Least = 1e-9;

        private readonly Dictionary<string, Cluster> _bySignature = [];
        private readonly List<Cluster> _ranked = []; // worst first; of equal ones the later first

        public List<Cluster> Clusters { get; } = [];

        public int Count { get; private set; }

        public RegisteredProgram? Best { get; private set; }

        public double BestScore { get; private set; } = double.NegativeInfinity;

        public void Register(RegisteredProgram program, double score, DatabaseSettings settings, Rng? rng)
        {
            string signature = ContentHash.Of(string.Join(' ', program.Scores.Select(s => s.ToString(
                settings.SignatureDigits is { } digits ? string.Create(CultureInfo.InvariantCulture, $"E{digits - 1}") : "R", CultureInfo.InvariantCulture))));
            if (!_bySignature.TryGetValue(signature, out Cluster? cluster))
            {
                cluster = new(signature, score, program.Scores);
                _bySignature.Add(signature, cluster);
                Clusters.Add(cluster);
                int place = _ranked.FindIndex(c => c.Score >= score);
                _ranked.Insert(place < 0 ? _ranked.Count : place, cluster);
            }

            cluster.Add(program, settings.ClusterCapacity, rng);
            Count++;
            if (score > BestScore)
            {
                (Best, BestScore) = (program, score);
            }

            if (Clusters.Count > settings.IslandCapacity)
            {
                DropWorst(Clusters.Count - settings.IslandCapacity.Value + (settings.IslandCapacity.Value / 10)); // a tenth at once, and not one each time
            }
        }

        /// <summary>So many of the best clusters, or all; of those that are equal to the worst of these, as many by chance.</summary>
        public Cluster[] BestClusters(int count, Rng rng)
        {
            if (_ranked.Count <= count)
            {
                return [.. _ranked];
            }

            double worst = _ranked[^count].Score;
            int first = _ranked.FindIndex(c => c.Score >= worst), better = _ranked.FindIndex(_ranked.Count - count, c => c.Score > worst);
            better = better < 0 ? _ranked.Count : better;
            return [.. rng.Choose(count - (_ranked.Count - better), better - first).Select(i => _ranked[first + i]), .. _ranked[better..]];
        }

        private void DropWorst(int count)
        {
            HashSet<Cluster> worst = [.. _ranked.Take(count)];
            Clusters.RemoveAll(worst.Contains);
            _ranked.RemoveRange(0, count);
            foreach (Cluster cluster in worst)
            {
                _bySignature.Remove(cluster.Signature);
            }
        }

        /// <summary>By how much the best cluster is better than the tenth best, or than the worst where there are fewer.</summary>
        public double Spread() => Math.Max(_ranked[^1].Score - _ranked[Math.Max(0, _ranked.Count - Top)].Score, Least);
    }
}
