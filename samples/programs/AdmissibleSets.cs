using System.Collections.Immutable;

namespace Ansatz.Samples.Programs;

/// <summary>
/// Constant-weight admissible sets: vectors of {0, 1, 2}^n with w entries that are not 0, no two with the same zeros, such that any three of them have an entry where their values are {0, 1, 2}, {0, 0, 1} or {0, 0, 2}.
/// A set of C(n, w) is full. They give lower bounds on the capacity of cap sets.
/// </summary>
/// <remarks>
/// A symmetric set consists of whole orbits: the entries are in groups of three, and with a vector all those belong to it that come from turning groups by one or two places. An orbit is written as one number a group, from 0 to 6 (<see cref="Groups"/>).
/// </remarks>
public static class AdmissibleSets
{
    /// <summary>The seven kinds of a group of three entries, up to turning.</summary>
    private static readonly ImmutableArray<ImmutableArray<int>> Groups = [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 2], [0, 2, 1], [1, 1, 1], [2, 2, 2]];

    // For three kinds: which of x = y, x = z, y = z can fail in turned groups without an entry that tells the three apart, as a set of masks; 0 if every turn has such an entry.
    private static readonly byte[] Bad = BadMasks();

    /// <summary>Entries of a kind of group that are not 0.</summary>
    public static int Weight(int group) => Groups[group].Count(v => v != 0);

    /// <summary>Adds orbits by descending priority, the lexicographically first among equals, wherever the set stays admissible.</summary>
    /// <param name="n">The dimension, a multiple of 3.</param>
    /// <param name="w">The weight.</param>
    /// <param name="priority">How much to want an orbit: its n / 3 groups, n and w.</param>
    /// <returns>The orbits, in the order in which they were added.</returns>
    public static List<int[]> BuildSymmetric(int n, int w, Func<int[], int, int, double> priority)
    {
        int[][] orbits = [.. Enumerable.Range(0, (int)Math.Pow(7, n / 3)).Select(i => Greedy.Digits(i, 7, n / 3)).Where(o => o.Sum(Weight) == w)];
        List<int[]> set = [];
        HashSet<int> zeros = [];
        foreach (int i in Greedy.ByPriority(orbits.Length, i => priority([.. orbits[i]], n, w)))
        {
            int[] orbit = orbits[i];
            int[] itsZeros = [.. Expand([orbit]).Select(Zeros)];
            if (!itsZeros.Any(zeros.Contains) && !Violates(orbit, orbit, orbit) && set.TrueForAll(a => !Violates(orbit, orbit, a) && !Violates(orbit, a, a)) && !AnyPair(set, orbit))
            {
                set.Add(orbit);
                zeros.UnionWith(itsZeros);
            }
        }

        return set;

        static bool AnyPair(List<int[]> set, int[] orbit)
        {
            for (int a = 0; a < set.Count; a++)
            {
                for (int b = 0; b < a; b++)
                {
                    if (Violates(orbit, set[a], set[b]))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The lower bound on the capacity of cap sets that an admissible set gives: (size · b0^(n−w) · b1^w)^(1 / 6mn), b0 = m · 12 · 112^(m−1), b1 = 112^m.</summary>
    /// <param name="n">Its dimension.</param>
    /// <param name="w">Its weight.</param>
    /// <param name="size">Its size.</param>
    /// <param name="m">How many copies of the extendable collection of dimension 6 are used: whatever gives the best bound.</param>
    public static double CapacityBound(int n, int w, double size, int m)
    {
        double b0 = m * 12 * Math.Pow(112, m - 1), b1 = Math.Pow(112, m);
        return Math.Exp((Math.Log(size) + ((n - w) * Math.Log(b0)) + (w * Math.Log(b1))) / (6.0 * m * n));
    }

    /// <summary>Vectors in an orbit.</summary>
    public static int Size(ReadOnlySpan<int> orbit)
    {
        int size = 1;
        foreach (int group in orbit)
        {
            size *= group is 0 or 5 or 6 ? 1 : 3;
        }

        return size;
    }

    /// <summary>The vectors of orbits.</summary>
    public static IEnumerable<int[]> Expand(IEnumerable<int[]> orbits) => orbits.SelectMany(orbit => orbit.Aggregate(
        (IEnumerable<int[]>)[[]],
        (vectors, group) => vectors.SelectMany(v => Turns(group).Select(t => (int[])[.. v, .. t]))));

    /// <summary>Whether the vectors of orbits, all different, are admissible.</summary>
    public static bool IsAdmissible(IReadOnlyList<int[]> orbits, int w)
    {
        if (orbits.Any(o => o.Sum(Weight) != w) || orbits.Select(o => Greedy.Number(o, 7)).Distinct().Count() != orbits.Count)
        {
            return false;
        }

        for (int a = 0; a < orbits.Count; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                for (int c = 0; c <= b; c++)
                {
                    if (Violates(orbits[a], orbits[b], orbits[c]))
                    {
                        return false;
                    }
                }
            }
        }

        return HaveDifferentZeros(Expand(orbits));
    }

    /// <summary>Whether vectors, symmetric or not, are admissible: looks at all triples.</summary>
    public static bool IsAdmissible(int[][] vectors, int w)
    {
        if (vectors.Any(v => v.Count(x => x != 0) != w || v.Any(x => x is < 0 or > 2)) || !HaveDifferentZeros(vectors))
        {
            return false;
        }

        // Sets of entries as bits. Three values are right if one or two are 0 and no other value comes twice.
        uint[][] masks = [.. vectors.Select(v => (uint[])[.. Enumerable.Range(0, 3).Select(value => (uint)v.Select((x, i) => x == value ? 1 << i : 0).Sum())])];
        for (int a = 0; a < masks.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                (uint[] x, uint[] y) = (masks[a], masks[b]);
                uint zeros = x[0] & y[0], oneZero = x[0] ^ y[0];
                uint one = x[1] | y[1], two = x[2] | y[2];
                uint both = ~(x[0] | y[0]) & one & two; // {1, 2}: a 0 is wanted
                for (int c = 0; c < b; c++)
                {
                    uint[] z = masks[c];
                    if (((zeros & ~z[0]) | (oneZero & (z[0] | (one & z[2]) | (two & z[1]))) | (both & z[0])) == 0)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    // Whether three different vectors of the orbits have no entry that tells them apart.
    private static bool Violates(int[] x, int[] y, int[] z)
    {
        byte reached = 1; // sets of pairs that differ so far, as a set of masks
        for (int i = 0; i < x.Length; i++)
        {
            byte bad = Bad[(((x[i] * 7) + y[i]) * 7) + z[i]];
            if (bad == 0)
            {
                return false;
            }

            byte next = 0;
            for (int before = 0; before < 8; before++)
            {
                for (int here = 0; here < 8 && (reached >> before & 1) != 0; here++)
                {
                    next |= (byte)((bad >> here & 1) << (before | here));
                }
            }

            reached = next;
        }

        return (reached >> 7 & 1) != 0;
    }

    private static byte[] BadMasks()
    {
        byte[] bad = new byte[7 * 7 * 7];
        for (int code = 0; code < bad.Length; code++)
        {
            int[] kinds = Greedy.Digits(code, 7, 3);
            foreach (int[] x in Turns(kinds[0]))
            {
                foreach (int[] y in Turns(kinds[1]))
                {
                    foreach (int[] z in Turns(kinds[2]))
                    {
                        if (!Enumerable.Range(0, 3).Any(i => TellsApart(x[i], y[i], z[i])))
                        {
                            int mask = (x.SequenceEqual(y) ? 0 : 1) | (x.SequenceEqual(z) ? 0 : 2) | (y.SequenceEqual(z) ? 0 : 4);
                            bad[code] |= (byte)(1 << mask);
                        }
                    }
                }
            }
        }

        return bad;
    }

    // {0, 1, 2}, {0, 0, 1} or {0, 0, 2}
    private static bool TellsApart(int x, int y, int z)
    {
        int[] values = [x, y, z];
        Array.Sort(values);
        return values is [0, 1, 2] or [0, 0, 1] or [0, 0, 2];
    }

    private static IEnumerable<int[]> Turns(int group)
    {
        ImmutableArray<int> g = Groups[group];
        return group is 0 or 5 or 6 ? [[.. g]] : [[.. g], [g[2], g[0], g[1]], [g[1], g[2], g[0]]];
    }

    private static bool HaveDifferentZeros(IEnumerable<int[]> vectors)
    {
        HashSet<int> zeros = [];
        return vectors.All(v => zeros.Add(Zeros(v)));
    }

    // The entries that are 0, as bits. Those of one orbit differ: turning a group moves its zeros.
    private static int Zeros(int[] vector) => vector.Select((x, i) => x == 0 ? 1 << i : 0).Sum();
}
