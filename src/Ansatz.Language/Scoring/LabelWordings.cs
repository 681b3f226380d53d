using System.Collections.Immutable;

namespace Ansatz.Language;

/// <summary>What each label is called inside a prompt: the user's "praise" may be worded "positive" there.</summary>
/// <remarks>Immutable; ordered as the user wrote the labels. Answers that are no labels (free text) are worded as they are.</remarks>
public sealed class LabelWordings
{
    /// <summary>No labels: every answer is free text.</summary>
    public static readonly LabelWordings None = new([]);

    private readonly Dictionary<string, string> _byLabel;

    /// <summary>Wordings of the labels, in order.</summary>
    /// <exception cref="InputException">A label stands twice, or a wording is blank.</exception>
    public LabelWordings(IEnumerable<KeyValuePair<string, string>> wordings)
    {
        ArgumentNullException.ThrowIfNull(wordings);
        KeyValuePair<string, string>[] pairs = [.. wordings];
        Labels = [.. pairs.Select(p => p.Key)];
        Wordings = [.. pairs.Select(p => p.Value)];
        _byLabel = new(StringComparer.Ordinal);
        foreach ((string label, string wording) in pairs)
        {
            if (string.IsNullOrWhiteSpace(wording))
            {
                throw new InputException($"The label \"{label}\" has an empty wording; it needs at least one letter.");
            }

            if (!_byLabel.TryAdd(label, wording))
            {
                throw new InputException($"The label \"{label}\" stands twice.");
            }
        }
    }

    /// <summary>The labels as the user calls them.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>What they are called inside the prompt, in the same order.</summary>
    public ImmutableArray<string> Wordings { get; }

    /// <summary>Every label under its own name.</summary>
    public static LabelWordings Own(IEnumerable<string> labels) => new(labels.Select(l => KeyValuePair.Create(l, l)));

    /// <summary>How an answer reads inside the prompt.</summary>
    public string Of(string answer) => _byLabel.GetValueOrDefault(answer, answer);

    /// <summary>How long the wording is that a text begins with, whatever its case, as a whole word that cannot go on to be another one; 0 where it begins with none.</summary>
    /// <param name="text">A text that may have been cut off at its end.</param>
    internal int LengthOfFirst(string text)
    {
        string longest = Wordings.Select(w => w.Trim()).Where(w => text.StartsWith(w, StringComparison.OrdinalIgnoreCase)).MaxBy(w => w.Length) ?? "";
        bool mayGoOn = Wordings.Any(w => w.Trim().Length > text.Length && w.Trim().StartsWith(text, StringComparison.OrdinalIgnoreCase));
        return mayGoOn || (longest.Length > 0 && longest.Length < text.Length && char.IsLetterOrDigit(text[longest.Length]) && char.IsLetterOrDigit(longest[^1])) ? 0 : longest.Length;
    }

    /// <summary>Why two labels could not be told apart by any scorer, in a sentence; none if all can.</summary>
    public string? Clash()
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach ((string label, string wording) in Labels.Zip(Wordings))
        {
            if (!seen.TryAdd(TextItem.Normalise(wording), label))
            {
                return $"The labels \"{seen[TextItem.Normalise(wording)]}\" and \"{label}\" are both worded \"{wording}\": no scorer could tell them apart.";
            }
        }

        return null;
    }
}
