using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Cli.StudyFiles;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli.Commands;

/// <summary>The prompt that a judged study found, with its template, from what is stored alone.</summary>
internal sealed class PromptFinding : Finding
{
    private readonly string _study;
    private readonly StoredFile _file;
    private readonly PromptTemplate _template;
    private readonly Prompt _prompt;

    private PromptFinding(Surroundings surroundings, string study, StoredFile file, PromptTemplate template, Prompt prompt)
        : base(surroundings) => (_study, _file, _template, _prompt) = (study, file, template, prompt);

    /// <inheritdoc />
    public override IReadOnlyList<string> Forms => ["text", "messages", "csharp", "agent"];

    /// <inheritdoc cref="Finding.Of" />
    public static new PromptFinding Of(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        if (study.Verdict?.Found is not { CandidateId: { } id } found)
        {
            throw new InputException($"The study \"{study.Name}\" has no verdict yet, so nothing was found; the command that began it goes on.");
        }

        StoredFile file = Shared.FileOf(study, journal, surroundings);
        return new(
            surroundings,
            study.Name,
            file,
            PromptTemplate.Parse(file.Read.Study.Prompt!.Template),
            FoundPrompt.Read(journal.Candidates(study, found.Name).First(c => c.Id == id)));
    }

    /// <inheritdoc />
    public override IEnumerable<string> Lines() => PlainText.PrintableLines(PromptExport.ToText(_template, _prompt)).Split('\n');

    /// <inheritdoc />
    public override string Export(string form, ExportOptions options)
    {
        StudyFile file = _file.Read.Study;
        bool isLabel = file.Scorer.Use == ScorerKind.Label, byLogProbability = isLabel && (!file.Model.IsEndpoint || file.Model.TopTokens is not null);
        ImmutableArray<string> labels = [.. isLabel ? _file.Labels : []];
        SolverSettings settings = PromptStudy.SolverOf(file);
        return form switch
        {
            "messages" => PromptExport.ToMessagesJson(_template, _prompt, settings),
            "csharp" => PromptExport.ToCSharp(_template, _prompt, labels, settings, byLogProbability),
            "agent" => PromptExport.ToAgent(_template, _prompt, labels, settings, byLogProbability),
            _ => PromptExport.ToText(_template, _prompt),
        };
    }

    /// <inheritdoc />
    public override async Task TryAsync(TryOptions options, CancellationToken cancellationToken)
    {
        if (options.Trial is not null || options.Input is not null)
        {
            throw new InputException($"--trial and --input are for programs; under a prompt type the lines to answer, or pipe them in.");
        }

        StudyFile file = _file.Read.Study;
        using IChatClient model = StudyModels.OpenModel(_file.Read, "model", file.Model, _file.Folder, Surroundings.Endpoints);
        PromptSolver solver = new(_template, [.. _file.Labels], StudyScorers.Reader(_file.Read, _file.Labels), model, PromptStudy.SolverOf(file));
        Prompt prompt = options.IsYours ? PromptStudy.YoursOf(file.Prompt!.Yours, _template) : _prompt;
        if (Surroundings.IsTyped)
        {
            await Surroundings.Output.WriteLineAsync($" {(options.IsYours ? "your prompt" : $"what \"{PlainText.Printable(_study)}\" found")}; an empty line ends").ConfigureAwait(false);
        }

        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } fields)
        {
            PromptAnswer answer = await solver.AnswerAsync(prompt, fields, cancellationToken).ConfigureAwait(false);
            string share = answer.Probabilities.FirstOrDefault(p => p.Label == answer.Answer) is { } p
                ? string.Create(CultureInfo.InvariantCulture, $"   {100 * p.Probability:0} %")
                : "";
            await Surroundings.Output.WriteLineAsync($"{(Surroundings.IsTyped ? "   " : "")}{PlainText.Printable(answer.Answer)}{share}").ConfigureAwait(false);
        }
    }

    // One line an item; with several columns, one line a column.
    private async Task<Dictionary<string, string>?> ReadAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string field in _template.Fields)
        {
            if (Surroundings.IsTyped)
            {
                await Surroundings.Output.WriteAsync($" {PlainText.Printable(field)}> ").ConfigureAwait(false);
                await Surroundings.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            // The console's own reader does not listen to cancellation: the wait does.
            string? line = await Task.Run(Surroundings.Input.ReadLine, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (line is null || (Surroundings.IsTyped && line.Trim().Length == 0))
            {
                return null;
            }

            fields[field] = line.Trim();
        }

        return fields;
    }
}
