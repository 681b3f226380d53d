// Constant-weight admissible sets, which bound the capacity of cap sets from below, built of whole orbits of symmetric vectors. The hole says in which order orbits are tried; the
// builder around it takes each that fits. There is nothing to hold out, so the verdict is over ten seeds. A single file needs no project.
//
//   ansatz run samples/admissible/study.json
#:project ../programs/Ansatz.Samples.Programs.csproj

using Ansatz;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

/// <summary>The hole, its scorer and its inputs.</summary>
internal static class Admissible
{
    /// <summary>The start: orbits by the sum of their groups.</summary>
    [Open(Purpose = "Each orbit is n / 3 groups of three entries, written as numbers: 0 is 000, 1 is 001, 2 is 002, 3 is 012, 4 is 021, 5 is 111, 6 is 222. Orbits are tried by descending priority, and taken wherever the set stays admissible. The more vectors are in it, the better.")]
    public static double Priority(int[] groups, int n, int w)
    {
        double sum = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            sum += groups[i];
        }

        return sum;
    }

    /// <summary>Orbits in their own order.</summary>
    [Rule("their own order")]
    public static double OwnOrder(int[] groups, int n, int w) => 0;

    /// <summary>How many vectors the set has; 792 = C(12, 7) would be full.</summary>
    [Score(Noun = "weights")]
    public static double Score(Func<int[], int, int, double> priority, int w) => AdmissibleSets.BuildSymmetric(12, w, priority).Sum(o => AdmissibleSets.Size(o));

    /// <summary>The weight of the vectors, which have 12 entries.</summary>
    [Inputs(Split.Train)]
    public static IEnumerable<int> Weights() => [7];
}
