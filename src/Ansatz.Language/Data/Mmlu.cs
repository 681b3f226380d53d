namespace Ansatz.Language;

/// <summary>
/// Reads a subject of MMLU: CSV without a first line of names; question, four choices, letter. Hendrycks et al. 2021, "Measuring Massive Multitask
/// Language Understanding", arXiv:2009.03300.
/// </summary>
/// <remarks>The columns are <c>question</c>, which ends with the choices, a line each ("(A) ..."), and <c>answer</c>, a letter. Several subjects: <see cref="Dataset.Concat"/>.</remarks>
public static class Mmlu
{
    /// <summary>Reads one subject.</summary>
    /// <param name="path">Its file, such as <c>anatomy_test.csv</c>.</param>
    /// <param name="skipBadRows">Leaves bad rows out, see <see cref="Dataset.Skipped"/>, instead of stopping at the first.</param>
    /// <exception cref="InputException">The file is missing, or a row is bad.</exception>
    public static Dataset Load(string path, bool skipBadRows = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        Dataset rows = Dataset.FromCsv(path, ["question", "A", "B", "C", "D"], "answer", new()
        {
            Delimiter = ',',
            Columns = ["question", "A", "B", "C", "D", "answer"],
            Labels = ["A", "B", "C", "D"],
            SkipBadRows = skipBadRows,
        });
        return rows.WithFields(["question"], i => [new("question", $"{i.Fields["question"]}\n(A) {i.Fields["A"]}\n(B) {i.Fields["B"]}\n(C) {i.Fields["C"]}\n(D) {i.Fields["D"]}")]);
    }
}
