namespace Ansatz.Samples.Programs;

/// <summary>
/// Cap sets: vectors of {0, 1, 2}^n no three of which, different ones, sum to 0 modulo 3. The largest known have 20, 45, 112, 236 and 512 vectors for n = 4 to 8.
/// </summary>
public static class CapSets
{
    private const int Four = 81; // vectors of four entries

    private static readonly int[] OfFour = [.. Enumerable.Range(0, Four * Four).Select(i => ThirdOfFour(i / Four, i % Four))];

    /// <summary>Adds vectors by descending priority, the lexicographically first among equals, wherever the set stays a cap set.</summary>
    /// <param name="n">The dimension.</param>
    /// <param name="priority">How much to want a vector: its n entries, and n.</param>
    /// <returns>The vectors as numbers to the base 3, the first entry the most significant, in the order in which they were added.</returns>
    public static List<int> Build(int n, Func<int[], int, double> priority)
    {
        int count = (int)Math.Pow(3, n);
        bool[] isBlocked = new bool[count];
        List<int> set = [];
        foreach (int vector in Greedy.ByPriority(count, v => priority(Greedy.Digits(v, 3, n), n)))
        {
            if (isBlocked[vector])
            {
                continue;
            }

            foreach (int other in set)
            {
                isBlocked[Third(vector, other)] = true;
            }

            isBlocked[vector] = true;
            set.Add(vector);
        }

        return set;
    }

    /// <summary>Whether vectors, all different, are a cap set.</summary>
    public static bool IsCapSet(IReadOnlyList<int> vectors)
    {
        HashSet<int> all = [.. vectors];
        return all.Count == vectors.Count && vectors.All(a => vectors.All(b => a == b || !all.Contains(Third(a, b))));
    }

    // The vector c with a + b + c = 0 modulo 3, four entries at a time.
    private static int Third(int a, int b)
    {
        int third = 0;
        for (int place = 1; a > 0 || b > 0; place *= Four)
        {
            third += OfFour[(a % Four * Four) + (b % Four)] * place;
            (a, b) = (a / Four, b / Four);
        }

        return third;
    }

    private static int ThirdOfFour(int a, int b)
    {
        int third = 0;
        for (int place = 1; place < Four; place *= 3)
        {
            third += (6 - (a / place % 3) - (b / place % 3)) % 3 * place;
        }

        return third;
    }
}
