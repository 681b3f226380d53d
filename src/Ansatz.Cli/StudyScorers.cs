using System.Collections.Immutable;
using System.Text.Json;
using Ansatz.Cli.StudyFiles;
using Ansatz.Language;
using Microsoft.Extensions.AI;

namespace Ansatz.Cli;

/// <summary>The scorers that study files name, made real.</summary>
internal static class StudyScorers
{
    /// <summary>A scorer that needs no model; none where a model grades, or where the labels of a list come from the data and <paramref name="answers"/> are not known yet.</summary>
    /// <param name="read">The study file.</param>
    /// <param name="answers">The answers of the data.</param>
    /// <exception cref="InputException">A setting is missing, wrong, or belongs to another scorer.</exception>
    public static RuleScorer? Rule(ReadStudyFile read, IEnumerable<string>? answers = null) => Rule(read, "scorer", read.Study.Scorer, answers);

    /// <summary>Grading by a model.</summary>
    /// <param name="file">A scorer of the kind graded.</param>
    /// <param name="grader">The model.</param>
    /// <param name="price">What its tokens cost.</param>
    public static GradedScorer Graded(ScorerFile file, IChatClient grader, Price price)
    {
        Rubric rubric = new(file.Rubric!);
        return new(grader, file.Grades is { } grades ? rubric with { Grades = [.. grades.Select(g => new Grade(g.Key, (double)g.Value))] } : rubric)
        {
            ShowsAnswer = file.ShowsAnswer ?? true,
            Price = price,
        };
    }

    /// <summary>What reads an answer out of a reply that nobody scores. A reply that a model would grade is its own answer.</summary>
    public static RuleScorer Reader(ReadStudyFile read, IEnumerable<string> answers) => Rule(read, answers) ?? new ExactScorer();

    private static RuleScorer? Rule(ReadStudyFile read, string path, ScorerFile file, IEnumerable<string>? answers)
    {
        Check(read, path, file);
        RuleScorer? value = null;
        if (file.Use is ScorerKind.JsonField or ScorerKind.Regex && file.Value is { } inner)
        {
            if (inner.Use is ScorerKind.Graded)
            {
                throw read.Wrong($"{path}.value", $"{path}.value cannot be graded by a model; let the grader see the whole reply: {path}.use \"graded\".");
            }

            if (inner.Use is ScorerKind.Label)
            {
                throw read.Wrong($"{path}.value", $"{path}.value cannot be \"label\", which reads whole replies; use \"normalised\", or \"exact\".");
            }

            value = Rule(read, $"{path}.value", inner, answers);
            if (value is null)
            {
                return null;
            }
        }

        return file.Use switch
        {
            ScorerKind.Exact => new ExactScorer(),
            ScorerKind.Normalised when file.ReferenceScoring == true => new ReferenceScorer(ReferenceAnswer.Text),
            ScorerKind.Normalised => new NormalisedScorer(),
            ScorerKind.FirstWord => new FirstWordScorer(),
            ScorerKind.Choice when file.ReferenceScoring == true => new ReferenceScorer(ReferenceAnswer.Choice),
            ScorerKind.Choice => new ChoiceScorer(),
            ScorerKind.YesNo when file.ReferenceScoring == true => new ReferenceScorer(ReferenceAnswer.Boolean),
            ScorerKind.YesNo => new YesNoScorer(),
            ScorerKind.Number when file.ReferenceScoring == true => new ReferenceScorer(ReferenceAnswer.Number),
            ScorerKind.Number => new NumberScorer
            {
                Tolerance = (double)(file.Tolerance ?? 0),
                RelativeTolerance = (double)(file.RelativeTolerance ?? 0),
                Strict = file.Strict ?? false,
            },
            ScorerKind.LabelSet => LabelSet(read, path, file, answers),
            ScorerKind.JsonField => Placed(read, $"{path}.path", () => new JsonFieldScorer(file.Path!, value)),
            ScorerKind.Regex => Placed(read, $"{path}.pattern", () => new RegexScorer(file.Pattern!, value) { Match = file.Match ?? RegexMatch.Only }),
            ScorerKind.Graded => null,
            _ => new LabelScorer(),
        };
    }

    private static LabelSetScorer? LabelSet(ReadStudyFile read, string path, ScorerFile file, IEnumerable<string>? answers)
    {
        char separator = file.Separator is { } text ? text[0] : ',';
        ImmutableArray<string>? labels = file.Labels is { } named ? [.. named] : answers is not null ? LabelSetScorer.LabelsOf(answers, separator) : null;
        return labels is { } all ? Placed(read, $"{path}.labels", () => new LabelSetScorer(all) { Separator = separator, F1 = file.F1 ?? false }) : null;
    }

    private static void Check(ReadStudyFile read, string path, ScorerFile file)
    {
        string use = Name(file.Use);
        if (file.Settings.FirstOrDefault(s => s.IsGiven && !s.Kinds.Contains(file.Use)) is { Field: { } alien, Kinds: { } kinds })
        {
            throw read.Wrong($"{path}.{alien}", $"{path}.{alien} belongs to {string.Join(" and ", kinds.Select(Name))}, and {path}.use is {use}.");
        }

        if (file.ReferenceScoring == true && (file.Tolerance is not null || file.RelativeTolerance is not null || file.Strict is not null))
        {
            throw read.Wrong($"{path}.referenceScoring", $"{path}.referenceScoring is true, and the reference knows neither a tolerance nor a strict mode; leave them out.");
        }

        string? missing = file switch
        {
            { Use: ScorerKind.JsonField, Path: null } => "path is missing; json-field needs to know where the field is, such as \"answer\"",
            { Use: ScorerKind.Regex, Pattern: null } => "pattern is missing; regex needs one, such as \"Answer: (.*)\"",
            { Use: ScorerKind.Graded, Rubric: null or "" } => "rubric is missing; graded needs to say in words when a reply is right",
            { Use: ScorerKind.Graded, Grader: null } => "grader is missing; graded needs a model, such as { \"baseUrl\": \"https://api.openai.com/v1\", \"name\": \"gpt-4o-mini\" }",
            _ => null,
        };
        if (missing is not null)
        {
            throw read.Wrong(path, $"{path}.{missing}.");
        }

        if (file.Separator is { Length: not 1 })
        {
            throw read.Wrong($"{path}.separator", $"{path}.separator must be one character, such as \";\".");
        }

        if (file.Grades is not null)
        {
            Placed(read, $"{path}.grades", () => new Rubric("") { Grades = [.. file.Grades.Select(g => new Grade(g.Key, (double)g.Value))] });
        }
    }

    private static string Name(ScorerKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static T Placed<T>(ReadStudyFile read, string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InputException e)
        {
            throw read.Wrong(path, char.ToLowerInvariant(e.Message[0]) + e.Message[1..]);
        }
    }
}
