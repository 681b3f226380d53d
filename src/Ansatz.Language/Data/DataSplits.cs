using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ansatz.Language;

/// <summary>The three parts of a data set, by who may use them. No normalised text stands in two of them.</summary>
/// <remarks>
/// Drawn by <see cref="Dataset.Split(int, int, int, long)"/>: of rows with the same normalised text only the first is drawn from; every split has
/// each answer in proportion to what is there, within one item. The test items depend on seed and number of test items alone.
/// </remarks>
public sealed class DataSplits
{
    private DataSplits(Dataset train, Dataset validation, Dataset test, IEnumerable<TextItem> trainItems, IEnumerable<TextItem> validationItems, IEnumerable<TextItem> testItems)
    {
        Train = [.. trainItems];
        Validation = [.. validationItems];
        Test = [.. testItems];
        Inputs = train.Inputs;
        Labels = [.. new[] { train, validation, test }.Distinct().SelectMany(d => d.Labels).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What a prompt may contain, a proposer may read and an optimizer may score on.</summary>
    public ImmutableArray<TextItem> Train { get; }

    /// <summary>What selects the winner and the strongest control.</summary>
    public ImmutableArray<TextItem> Validation { get; }

    /// <summary>The judge's.</summary>
    public ImmutableArray<TextItem> Test { get; }

    /// <summary>Train and validation items together: all labels that a search sees.</summary>
    public ImmutableArray<TextItem> Learnable => Train.AddRange(Validation);

    /// <summary>Names of the fields of every item.</summary>
    public ImmutableArray<string> Inputs { get; }

    /// <summary>All answers that the data set has, in order of first appearance.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Whether the answers are free texts: more of them than half the items.</summary>
    public bool HasFreeAnswers => 2 * Labels.Length > Train.Length + Validation.Length;

    /// <summary>The items of one split.</summary>
    public ImmutableArray<TextItem> this[Split split] => split switch
    {
        Split.Train => Train,
        Split.Validation => Validation,
        _ => Test,
    };

    /// <summary>A hash a split, of its items in order: part of an objective's identity.</summary>
    public JsonObject Identity => new()
    {
        ["train"] = HashOf(Train),
        ["validation"] = HashOf(Validation),
        ["test"] = HashOf(Test),
    };

    /// <summary>Splits that come as separate files, taken whole; of validation and test rows with the same normalised text the first.</summary>
    /// <remarks>A text that stood among the test items twice would count twice, and intervals would be narrower than what is known.</remarks>
    /// <param name="train">The train items.</param>
    /// <param name="validation">The validation items.</param>
    /// <param name="test">The test items.</param>
    /// <param name="dropOverlap">
    /// A text that stands in two files is left out of train, or, where it stands in validation and test, of validation, instead of being refused.
    /// </param>
    /// <exception cref="InputException">A text stands in two files, or their columns differ.</exception>
    public static DataSplits Of(Dataset train, Dataset validation, Dataset test, bool dropOverlap = false)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        RequireSameInputs(train, validation);
        RequireSameInputs(train, test);

        ImmutableArray<TextItem> keptValidation = [.. Without(validation, dropOverlap, test).DistinctBy(i => i.Key)];
        ImmutableArray<TextItem> keptTrain = Without(train, dropOverlap, validation, test);
        return new(train, validation, test, keptTrain, keptValidation, test.Distinct);
    }

    internal static DataSplits Drawn(Dataset pool, Dataset test, IEnumerable<TextItem> trainItems, IEnumerable<TextItem> validationItems, IEnumerable<TextItem> testItems) =>
        new(pool, pool, test, trainItems, validationItems, testItems);

    internal static void RequireSameInputs(Dataset one, Dataset other)
    {
        if (!one.Inputs.SequenceEqual(other.Inputs, StringComparer.Ordinal))
        {
            throw new InputException(
                $"{one.Name} and {other.Name} have different input columns: {string.Join(", ", one.Inputs)} and {string.Join(", ", other.Inputs)}.");
        }
    }

    private static ImmutableArray<TextItem> Without(Dataset data, bool dropOverlap, params ReadOnlySpan<Dataset> others)
    {
        Dictionary<string, TextItem> elsewhere = new(StringComparer.Ordinal);
        foreach (Dataset other in others)
        {
            foreach (TextItem item in other.Items)
            {
                elsewhere.TryAdd(item.Key, item);
            }
        }

        if (!dropOverlap && data.Items.FirstOrDefault(i => elsewhere.ContainsKey(i.Key)) is { } first)
        {
            int count = data.Items.Count(i => elsewhere.ContainsKey(i.Key));
            throw new InputException(
                $"{first.Source}: the same text stands in {elsewhere[first.Key].Source}{(count > 1 ? $", and so for {count - 1} more" : "")}. A score on texts that were seen before means nothing; take them out of one of the files.");
        }

        ImmutableArray<TextItem> kept = [.. data.Items.Where(i => !elsewhere.ContainsKey(i.Key))];
        return kept.IsEmpty ? throw new InputException($"{data.Name}: every text stands in another split too; nothing is left.") : kept;
    }

    private static string HashOf(ImmutableArray<TextItem> items) => TextItem.HashOf(items.Select(i => i.Hash));
}
