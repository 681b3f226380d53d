using System.Globalization;

namespace Ansatz.Experiments.Racing;

/// <summary>What a design gave under one seed: means over that seed's worlds.</summary>
/// <param name="World">The kind of world.</param>
/// <param name="Validation">Validation items.</param>
/// <param name="Candidates">Candidates to choose from.</param>
/// <param name="Design">How it was chosen.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Rollouts">Mean rollouts.</param>
/// <param name="Quality">Mean true quality of the chosen candidate.</param>
/// <param name="ValidationMean">Its mean on all validation items.</param>
internal sealed record RacingRow(
    string World, int Validation, int Candidates, string Design, int Seed, double Rollouts, double Quality, double ValidationMean)
{
    public const string CsvHeader = "world,validation,candidates,design,seed,rollouts,quality,validation_mean";

    public string ToCsv() => FormattableString.Invariant(
        $"\"{World}\",{Validation},{Candidates},\"{Design}\",{Seed},{Rollouts:0.##},{Quality:0.######},{ValidationMean:0.######}");

    /// <summary>Reads what <see cref="ToCsv"/> wrote.</summary>
    public static RacingRow Parse(string line)
    {
        string[] quoted = line.Split('"'); // empty, world, numbers, design, numbers
        string[] sizes = quoted[2].Split(',', StringSplitOptions.RemoveEmptyEntries), numbers = quoted[4].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new(quoted[1], Whole(sizes[0]), Whole(sizes[1]), quoted[3], Whole(numbers[0]), Real(numbers[1]), Real(numbers[2]), Real(numbers[3]));

        static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
