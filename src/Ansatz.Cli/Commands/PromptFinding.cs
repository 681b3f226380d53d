using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Ansatz.Prompts;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli.Commands;

/// <summary>The prompt, or the prompts in a row, that a judged study found, with their templates, from what is stored alone.</summary>
internal sealed class PromptFinding : Finding
{
    private readonly string _study;
    private readonly StoredFile _file;
    private readonly ImmutableArray<PromptTemplate> _templates;
    private readonly ImmutableArray<Prompt> _prompts;

    private PromptFinding(Surroundings surroundings, string study, StoredFile file, ImmutableArray<Prompt> prompts)
        : base(surroundings) => (_study, _file, _templates, _prompts) = (study, file, PromptFiles.TemplatesOf(file.Read.Study), prompts);

    /// <inheritdoc />
    public override IReadOnlyList<string> Forms => IsOne ? ["text", "messages", "csharp", "agent"] : ["text", "messages", "csharp"];

    private bool IsOne => _templates.Length == 1;

    /// <inheritdoc cref="Finding.Of" />
    public static new PromptFinding Of(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        if (study.Verdict?.Found is not { CandidateId: { } id } found)
        {
            throw new InputException($"The study \"{study.Name}\" has no verdict yet, so nothing was found; the command that began it goes on.");
        }

        StoredFile file = Shared.FileOf(study, journal, surroundings);
        return new(surroundings, study.Name, file, PromptFiles.PromptsOf(file.Read.Study, journal.Candidates(study, found.Name).First(c => c.Id == id)));
    }

    /// <inheritdoc />
    public override IEnumerable<string> Lines() => PlainText.PrintableLines(PromptText.Of(_templates, _prompts)).Split('\n');

    /// <inheritdoc />
    public override string Export(string form, ExportOptions options)
    {
        StudyFile file = _file.Read.Study;
        bool isLabel = file.Scorer.Use == ScorerKind.Label, byLogProbability = isLabel && (!file.Model.IsEndpoint || file.Model.TopTokens is not null);
        ImmutableArray<string> labels = [.. isLabel ? _file.Labels : []];
        SolverSettings settings = PromptFiles.SolverOf(file);
        return form switch
        {
            "messages" => IsOne ? PromptExport.ToMessagesJson(_templates[0], _prompts[0], settings) : PipelineExport.ToMessagesJson(_templates, _prompts, settings),
            "csharp" => IsOne
                ? PromptExport.ToCSharp(_templates[0], _prompts[0], labels, settings, byLogProbability)
                : PipelineExport.ToCSharp(_templates, _prompts, labels, settings, byLogProbability),
            "agent" => PromptExport.ToAgent(_templates[0], _prompts[0], labels, settings, byLogProbability),
            _ => PromptText.Of(_templates, _prompts),
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
        RuleScorer reader = StudyScorers.Reader(_file.Read, _file.Labels);
        ImmutableArray<Prompt> prompts = options.IsYours ? PromptFiles.YoursOf(file, _templates) : _prompts;
        Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<PromptAnswer>> answerAsync;
        if (IsOne)
        {
            PromptSolver solver = new(_templates[0], [.. _file.Labels], reader, model, PromptFiles.SolverOf(file));
            answerAsync = (fields, token) => solver.AnswerAsync(prompts[0], fields, token);
        }
        else
        {
            PipelineSolver solver = new(_templates, [.. _file.Labels], reader, model, PromptFiles.SolverOf(file));
            Pipeline pipeline = new([.. _templates.Zip(prompts, (template, prompt) => new NamedPrompt(template.Answer, prompt))]);
            answerAsync = (fields, token) => solver.AnswerAsync(pipeline, fields, token);
        }

        if (Surroundings.IsTyped)
        {
            await Surroundings.Output.WriteLineAsync($" {(options.IsYours ? $"your {(IsOne ? "prompt" : "pipeline")}" : $"what \"{PlainText.Printable(_study)}\" found")}; an empty line ends").ConfigureAwait(false);
        }

        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } fields)
        {
            PromptAnswer answer = await answerAsync(fields, cancellationToken).ConfigureAwait(false);
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
        foreach (string field in PipelineSolver.ColumnsOf(_templates))
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
