namespace Ansatz.Samples.Programs;

/// <summary>
/// Independent sets in strong powers of a cycle: vectors of Z_m^n every two of which differ by more than 1, modulo m, in some entry. Their sizes bound the Shannon capacity of the cycle; for m = 7, n = 5 the largest known has 367.
/// </summary>
public static class CyclicGraphs
{
    /// <summary>Adds vectors by descending priority, the lexicographically first among equals, wherever the set stays independent.</summary>
    /// <param name="m">Nodes of the cycle.</param>
    /// <param name="n">The power.</param>
    /// <param name="priority">How much to want a vector: its n entries, m, and n.</param>
    /// <returns>The vectors as numbers to the base m, the first entry the most significant, in the order in which they were added.</returns>
    public static List<int> Build(int m, int n, Func<int[], int, int, double> priority)
    {
        int count = (int)Math.Pow(m, n);
        bool[] isBlocked = new bool[count];
        List<int> set = [];
        foreach (int vector in Greedy.ByPriority(count, v => priority(Greedy.Digits(v, m, n), m, n)))
        {
            if (!isBlocked[vector])
            {
                set.Add(vector);
                foreach (int neighbour in Neighbours(vector, m, n))
                {
                    isBlocked[neighbour] = true;
                }
            }
        }

        return set;
    }

    /// <summary>Whether vectors, all different, are independent.</summary>
    public static bool IsIndependent(int m, int n, IReadOnlyList<int> vectors)
    {
        HashSet<int> all = [.. vectors];
        return all.Count == vectors.Count && vectors.All(v => Neighbours(v, m, n).All(w => w == v || !all.Contains(w)));
    }

    // All vectors within 1 of it in every entry, itself included.
    private static IEnumerable<int> Neighbours(int vector, int m, int n)
    {
        int[] digits = Greedy.Digits(vector, m, n);
        for (int code = 0; code < (int)Math.Pow(3, n); code++)
        {
            int[] step = Greedy.Digits(code, 3, n);
            yield return Greedy.Number([.. digits.Zip(step, (d, s) => (d + s + m - 1) % m)], m);
        }
    }
}
