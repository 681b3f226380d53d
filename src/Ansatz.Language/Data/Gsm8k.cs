namespace Ansatz.Language;

/// <summary>
/// Reads GSM8K as tab-separated text: question, whole number, rationale; no first line of names, no quoting (31 of its questions hold double quotes). Cobbe
/// et al. 2021, "Training Verifiers to Solve Math Word Problems", arXiv:2110.14168.
/// </summary>
/// <remarks>The columns are <c>question</c> and <c>answer</c>; the rationale is left out. A row whose answer is not a number is bad.</remarks>
public static class Gsm8k
{
    /// <summary>Reads one file.</summary>
    /// <param name="path">Such as <c>gsm_test.tsv</c>.</param>
    /// <param name="skipBadRows">Leaves bad rows out, see <see cref="Dataset.Skipped"/>, instead of stopping at the first.</param>
    /// <exception cref="InputException">The file is missing, or a row is bad.</exception>
    public static Dataset Load(string path, bool skipBadRows = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Dataset.FromCsv(path, "question", "answer", new()
        {
            Delimiter = '\t',
            Columns = ["question", "answer", "rationale"],
            Quotes = false,
            Flaw = new NumberScorer().Flaw,
            SkipBadRows = skipBadRows,
        });
    }
}
