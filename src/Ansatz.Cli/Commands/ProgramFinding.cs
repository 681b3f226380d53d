using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Programs;

namespace Ansatz.Cli.Commands;

/// <summary>The program that a study found, or its best so far.</summary>
internal sealed class ProgramFinding : Finding
{
    private const int MostSteps = 12; // of a lineage on a terminal

    private readonly StoredStudy _study;
    private readonly StoredFile _file;
    private readonly FoundProgram _found;
    private string? _notSimplified, _applied;

    private ProgramFinding(Surroundings surroundings, StoredStudy study, StoredFile file, FoundProgram found)
        : base(surroundings) => (_study, _file, _found) = (study, file, found);

    /// <inheritdoc />
    public override IReadOnlyList<string> Forms => ["csharp", "patch", "project"];

    /// <inheritdoc />
    public override string? Remark => string.Join('\n', ((string?[])[_found.Remark, _notSimplified, _applied]).OfType<string>()) is { Length: > 0 } remark ? remark : null;

    /// <inheritdoc />
    public override string Title => _found.Remark ?? "Found:";

    /// <inheritdoc cref="Finding.Of" />
    public static new ProgramFinding Of(Journal journal, StoredStudy study, Surroundings surroundings)
    {
        StoredFile file = Shared.FileOf(study, journal, surroundings);
        return new(
            surroundings,
            study,
            file,
            FoundProgram.Of(journal, study) ?? throw new InputException($"No program of the study \"{study.Name}\" has a score yet; the command that began it goes on."));
    }

    /// <inheritdoc />
    public override IEnumerable<string> Lines()
    {
        ImmutableArray<StoredTrial> lineage = _found.Lineage;
        foreach (string line in PlainText.PrintableLines(_found.Program.Text).Split('\n'))
        {
            yield return line;
        }

        yield return "";
        if (lineage.Length > MostSteps)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"It is {lineage.Length - 1:N0} steps from the program that it began with; these are the last {MostSteps}, the newest first.");
        }

        ScoreFormat format = ScoreFormat.Of(_study.Verdict?.Scale ?? Scale.Real, [.. lineage.Select(t => t.Train ?? 0)]);
        for (int i = lineage.Length - 1; i >= Math.Max(0, lineage.Length - MostSteps); i--)
        {
            StoredTrial step = lineage[i], from = lineage[Math.Max(0, i - 1)];
            string change = i > 0 && step.Train is { } now && from.Train is { } then ? $" ({format.WithSign(now - then)})" : "";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"trial {step.Candidate.Number:N0}: {PlainText.Printable(step.Candidate.Origin)}, train {(step.Train is { } train ? format.Number(train) : "no number")}{change}{(step.Validation is { } v ? $", validation {format.Number(v)}" : "")}");
            foreach ((char kind, string line) in i == 0 ? [] : UnifiedDiff.Lines(FoundProgram.Read(from).Text, FoundProgram.Read(step).Text).Where(l => l.Kind != ' '))
            {
                yield return $"  {kind} {PlainText.Printable(line)}";
            }
        }
    }

    /// <inheritdoc />
    public override string Export(string form, ExportOptions options)
    {
        UserProgram? loaded = null;
        try
        {
            loaded = UserProgram.Load(_file.Read, _file.Folder);
        }
        catch (Exception e) when (e is InputException or FaultException && form == Forms[0])
        {
            _notSimplified = $"It is not simplified, since its program is not at hand. {e.Message}";
            return _found.Program.Text;
        }

        using UserProgram program = loaded;
        ProgramSource found = FoundProgram.Simplified(_found.Program, program.Objective);
        switch (form)
        {
            case "patch":
                string text = File.ReadAllText(program.File), root = RootOf(program.File), name = Path.GetRelativePath(root, program.File).Replace('\\', '/');
                _applied = $"{(root == Surroundings.Folder ? "" : $"Apply it in {Surroundings.Shown(root)}. ")}Once it is applied, what was found is the start of the next search, which is a study of its own: `run --fork`.";
                return UnifiedDiff.Of($"a/{name}", $"b/{name}", text, new FoundMethod(found, program.Hole.Name).Into(text, program.Line));
            case "project":
                string folder = Surroundings.FullPath(options.To ?? Path.Combine(Shared.RunFolder(Surroundings, _study.Name), ".project"));
                int inputs = program.Objective.Count(Split.Train);
                if (options.Input < 0 || options.Input >= inputs)
                {
                    throw new InputException(NoInput(options.Input, inputs));
                }

                ProgramProject.Write(folder, program, found, options.Input);
                return $"{Surroundings.Shown(folder)} is written: it runs what was found on train input {options.Input.ToString(CultureInfo.InvariantCulture)}, in plain .NET and outside the sandbox. `dotnet run --project {Surroundings.Shown(folder)}`, or open it in a debugger.";
            default:
                return found.Text;
        }
    }

    /// <inheritdoc />
    public override async Task TryAsync(TryOptions options, CancellationToken cancellationToken)
    {
        if (options is { IsYours: true, Trial: not null })
        {
            throw new InputException("--yours and --trial name two programs; keep one of them.");
        }

        FoundProgram found = options.Trial is not { } number ? _found
            : _found.Other(number) ?? throw new InputException(string.Create(CultureInfo.InvariantCulture, $"The study \"{_study.Name}\" has no trial {number}."));
        using UserProgram program = UserProgram.Load(_file.Read, _file.Folder);
        ProgramObjective objective = program.Objective;
        ProgramSource source = options.IsYours ? objective.Part.Yours : found.Program;
        int inputs = objective.Count(Split.Train);
        if (options.Input is { } wanted && (wanted < 0 || wanted >= inputs))
        {
            throw new InputException(NoInput(wanted, inputs));
        }

        List<string> lines = [.. PlainText.PrintableLines(options.Input is null ? source.Text : TriedProgram.Text(objective, source)).Split('\n'), ""];
        if (options.Input is { } one)
        {
            lines.AddRange(TriedProgram.Lines(objective, source, options.IsYours || source == objective.Part.Yours ? null : OtherThan(found), one));
        }
        else
        {
            int[] items = [.. Enumerable.Range(0, inputs)];
            lines.AddRange(items.Zip(objective.Rerun(source, Split.Train, items), (item, run) => TriedProgram.Line(objective, item, run)));
        }

        if (_found.Remark is { } remark && options is { IsYours: false, Trial: null })
        {
            await Surroundings.Error.WriteLineAsync(remark.AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        await Surroundings.Output.WriteLineAsync(string.Join('\n', lines).AsMemory(), cancellationToken).ConfigureAwait(false);

        // What it was made from; your own where it was made from nothing.
        (string, ProgramSource) OtherThan(FoundProgram tried) => tried.Lineage is [.., var parent, _]
            ? (string.Create(CultureInfo.InvariantCulture, $"its parent, trial {parent.Candidate.Number:N0}"), FoundProgram.Read(parent))
            : ("yours", objective.Part.Yours);
    }

    // Where a diff of the file can be applied: here, where the file lies below; else in its repository, or in its own folder.
    private string RootOf(string file)
    {
        if (!Path.GetRelativePath(Surroundings.Folder, file).StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(Path.GetRelativePath(Surroundings.Folder, file)))
        {
            return Surroundings.Folder;
        }

        string own = Path.GetDirectoryName(file)!;
        for (string? folder = own; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".git")))
            {
                return folder;
            }
        }

        return own;
    }

    private static string NoInput(int input, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"There is no train input {input}; there are {count:N0}, from 0 to {count - 1:N0}.");
}
