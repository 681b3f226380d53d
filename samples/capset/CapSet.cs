// Cap sets in {0, 1, 2}^n: no three different vectors of a set sum to 0 modulo 3. The hole says in which order vectors are tried; the greedy builder
// around it takes each that fits. There is nothing to hold out, so the verdict is over ten seeds. A single file needs no project.
//
//   ansatz run samples/capset/study.json
#:project ../programs/Ansatz.Samples.Programs.csproj

using Ansatz;
using Ansatz.Programs;
using Ansatz.Samples.Programs;

/// <summary>The hole, its scorer and its inputs.</summary>
internal static class CapSet
{
    /// <summary>The start: vectors by the sum of their entries.</summary>
    [Open(Purpose = "Vectors of {0, 1, 2}^n are tried by descending priority, and taken wherever no three sum to 0 modulo 3. The more are taken, the better.")]
    public static double Priority(int[] vector, int n)
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
    public static double OwnOrder(int[] vector, int n) => 0;

    /// <summary>How many vectors are taken; 20 and 45 are the most for n = 4 and 5.</summary>
    [Score(Noun = "dimensions")]
    public static double Score(Func<int[], int, double> priority, int n) => CapSets.Build(n, priority).Count;

    /// <summary>The dimensions.</summary>
    [Inputs(Split.Train)]
    public static IEnumerable<int> Dimensions() => [4, 5];
}
