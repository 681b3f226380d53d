// Independent sets in strong powers of the cycle of 7: vectors of {0 ... 6}^n every two of which differ by more than 1, modulo 7, in some entry. Their sizes bound the
// cycle's Shannon capacity. The hole says in which order vectors are tried. There is nothing to hold out, so the verdict is over ten seeds. A single file needs no project.
//
//   ansatz run samples/cyclic/study.json
#:project ../programs/Ansatz.Samples.Programs.csproj

using Ansatz;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

/// <summary>The hole, its scorer and its inputs.</summary>
internal static class Cyclic
{
    /// <summary>The start: vectors by the sum of their entries.</summary>
    [Open(Purpose = "Vectors of {0 ... m - 1}^n are tried by descending priority, and taken wherever they differ from every one taken by more than 1, modulo m, in some entry. The more are taken, the better.")]
    public static double Priority(int[] vector, int m, int n)
    {
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += vector[i];
        }

        return sum;
    }

    /// <summary>Vectors in their own order.</summary>
    [Rule("their own order")]
    public static double OwnOrder(int[] vector, int m, int n) => 0;

    /// <summary>How many vectors are taken; 33 is the most for n = 3, and 108 the most that is known for n = 4.</summary>
    [Score(Noun = "powers")]
    public static double Score(Func<int[], int, int, double> priority, int n) => CyclicGraphs.Build(7, n, priority).Count;

    /// <summary>The powers.</summary>
    [Inputs(Split.Train)]
    public static IEnumerable<int> Powers() => [3, 4];
}
