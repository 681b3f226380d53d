using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs;

/// <summary>
/// Scores programs: a scorer of the user's, trusted and in this process, calls the candidate, untrusted and in the sandbox (or in a locked process), which can only return numbers. Thread-safe if the scorer is.
/// </summary>
/// <typeparam name="TDelegate">The hole's type: a delegate of numbers, bools and arrays of those.</typeparam>
/// <typeparam name="TInput">The type of the inputs.</typeparam>
/// <remarks>
/// Every input has full fuel and finds nothing of any other. A candidate that does not compile, whose run ends without a result, whose score is no finite number, or under which the scorer throws, is rejected on that
/// input and on the rest of its block, which is not run: a program counts only if it works everywhere.
/// </remarks>
public sealed class ProgramObjective<TDelegate, TInput> : ProgramObjective
    where TDelegate : Delegate
{
    private const long LeastFuel = 10_000_000, MostFuel = 1_000_000_000, StartsFuel = 100, TracedFuel = 20_000_000;
    private const double SecondsOfFuel = 1.5e-8, GuardedFuels = 10, GuardedStarts = 1_000, LeastGuardSeconds = 60;
    private const int GuardSlices = 20;
    private const long InterpretedFuel = 20_000, InterpretedFuelANode = 200; // that the interpreter spends in about the time that compiling takes

    private readonly Inputs<TInput> _inputs;
    private readonly Func<TDelegate, TInput, ProgramScore> _score;
    private readonly string _version;
    private readonly ArgumentNumbers<TDelegate>? _listener; // while the start program runs for the second time

    /// <summary>An objective.</summary>
    /// <param name="part">The hole, and the start program.</param>
    /// <param name="inputs">What programs are scored on.</param>
    /// <param name="score">Scores a program on one input. It must give the same score to the same program.</param>
    /// <param name="version">Changes whenever the scorer does, so that a study does not go on under another one.</param>
    /// <param name="scale">What the score is. Default real.</param>
    /// <param name="noun">What the inputs are called in a sentence, in the plural.</param>
    /// <param name="guard">See <see cref="Guard"/>; none: as said there.</param>
    /// <exception cref="InputException">The start program does not work on the train inputs, or gets another score the second time.</exception>
    /// <exception cref="FaultException">The scorer does not come back within the guard.</exception>
    public ProgramObjective(
        ProgramPart part, Inputs<TInput> inputs, Func<TDelegate, TInput, ProgramScore> score, string version = "1", Scale scale = Scale.Real, string noun = "inputs", TimeSpan? guard = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(guard ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(guard));
        (Part, _inputs, _score, _version, Scale, Noun, Guard) = (part, inputs, score, version, scale, noun, guard ?? TimeSpan.FromSeconds(LeastGuardSeconds));

        // The start program says what fuel a candidate may need, and whether hole and scorer fit at all.
        Fuel = part.Process is not null ? 0 : part.Limits?.Fuel ?? MostFuel;
        long used = 0, all = 0, began = TimeProvider.System.GetTimestamp();
        TimeSpan slowest = TimeSpan.Zero;
        ImmutableArray<int> items = [.. Enumerable.Range(0, Count(Split.Train))];
        ImmutableArray<Outcome> outcomes = RunStart(items, Measured);
        if (outcomes.OfType<Rejected>().FirstOrDefault() is { } rejected)
        {
            throw new InputException($"The start program does not work: {rejected.Reason}");
        }

        if (part.Process is null)
        {
            Fuel = part.Limits?.Fuel ?? Math.Clamp(StartsFuel * used, LeastFuel, MostFuel);
            Interprets = all <= InterpretedFuel;
        }

        Guard = guard ?? TimeSpan.FromSeconds(Math.Max(LeastGuardSeconds, Math.Max(GuardedFuels * SecondsOfFuel * Fuel, GuardedStarts * slowest.TotalSeconds)));

        // Once more, backwards, so that what one call leaves in a static of the scorer shows.
        _listener = new(part.Signature);
        ImmutableArray<Outcome> again = RunStart([.. items.Reverse()], _ => { });
        Part = part.With(_listener.Values);
        _listener = null;
        foreach (int i in items)
        {
            if (!IsSame(outcomes[i], again[^(i + 1)]))
            {
                throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Unstable}: on train input {i} the start program got {Said(outcomes[i])}, and then {Said(again[^(i + 1)])}. The same program needs the same score: draw from a seed, look at no clock, and leave nothing behind in static fields."));
            }
        }

        // Other figures may be measured: they are shown, not searched.
        static bool IsSame(Outcome one, Outcome other) => one is Scored a && other is Scored b ? a.Score.Equals(b.Score) : one is Rejected && other is Rejected;

        static string Said(Outcome outcome) => outcome is Scored scored ? scored.Score.ToString("R", CultureInfo.InvariantCulture) : $"no score ({((Rejected)outcome).Reason})";

        void Measured(long fuel)
        {
            TimeSpan took = TimeProvider.System.GetElapsedTime(began);
            (used, all, slowest, began) = (Math.Max(used, fuel), all + fuel, took > slowest ? took : slowest, TimeProvider.System.GetTimestamp());
        }
    }

    /// <inheritdoc />
    /// <remarks>Ten times what full fuel takes, a thousand times what the start program took on its slowest input, or a minute: whichever is most; a minute for the start program itself. Candidates in processes of their own have a limit of their own.</remarks>
    public override TimeSpan Guard { get; }

    /// <summary>What <see cref="Guard"/> is measured with.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether candidates are interpreted as long as that is cheaper than compiling them: where the start program is called little. It changes no outcome.</summary>
    internal bool Interprets { get; set; }

    /// <inheritdoc />
    public override ProgramPart Part { get; }

    /// <inheritdoc />
    /// <remarks>A hundred times the most that the start program needs on a train input, between 10 million and 1 billion, unless the part's limits say otherwise.</remarks>
    public override long Fuel { get; }

    /// <inheritdoc />
    public override Scale Scale { get; }

    /// <inheritdoc />
    public override string Noun { get; }

    /// <inheritdoc />
    public override OpenPart<ProgramSource> Open => Part;

    /// <inheritdoc />
    public override JsonTypeInfo<ProgramSource> Codec => ProgramsJson.Default.ProgramSource;

    /// <inheritdoc />
    public override JsonObject Identity
    {
        get
        {
            JsonObject identity = new()
            {
                ["hole"] = $"{Part.Signature.Result} {Part.Signature.Name}({string.Join(", ", Part.Signature.Arguments)})",
                ["offered"] = new JsonArray([.. Part.Signature.Offered.Select(o => (JsonNode)$"{o.Result} {o.Name}({string.Join(", ", o.Parameters)}), {o.Fuel.ToString(CultureInfo.InvariantCulture)} fuel")]),
                ["start"] = Part.Yours.Text,
                ["scorer"] = _version,
                ["inputs"] = ContentHash.Of(string.Join('\n', Enum.GetValues<Split>().Select(s => string.Join(' ', _inputs.Of(s).Select(i => i.Text))))),
            };
            if (Part.Process is { Limits: var process })
            {
                identity["sandbox"] = new JsonObject
                {
                    ["cpuSeconds"] = process.CpuTime.TotalSeconds,
                    ["wallSeconds"] = process.WallTime.TotalSeconds,
                    ["memoryBytes"] = process.MemoryBytes,
                    ["answerBytes"] = process.AnswerBytes,
                    ["sourceCharacters"] = process.SourceCharacters,
                    ["compileSeconds"] = process.CompileTime.TotalSeconds,
                };
            }
            else
            {
                identity["fuel"] = Fuel;
            }

            if (Part.Limits is { } limits && limits with { Fuel = HoleLimits.Usual.Fuel } != HoleLimits.Usual)
            {
                identity["limits"] = JsonSerializer.SerializeToNode(limits, ProgramsJson.Default.HoleLimits);
            }

            if (Part.Signature.Declarations.Length > 0)
            {
                identity["types"] = Part.Signature.Declarations; // what the numbers of an enum mean
            }

            return identity;
        }
    }

    /// <inheritdoc />
    public override object InputAt(Split split, int item) => _inputs.Of(split)[item].Input!;

    /// <inheritdoc />
    public override int Count(Split split) => _inputs.Of(split).Length;

    /// <inheritdoc />
    public override string ItemHash(Split split, int item) => _inputs.Of(split)[item].Text;

    /// <inheritdoc />
    public override Task<ImmutableArray<Outcome>> EvaluateAsync(Ask<ProgramSource> ask, Replies replies, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return GuardedAsync(ask.Candidate.Value, ask.Split, ask.Items, endsAtFailure: ask.Split == Split.Train, _ => cancellationToken.ThrowIfCancellationRequested(), cancellationToken);
    }

    private ImmutableArray<Outcome> RunStart(ImmutableArray<int> items, Action<long> afterEach) =>
        GuardedAsync(Part.Yours, Split.Train, items, endsAtFailure: true, afterEach, CancellationToken.None).GetAwaiter().GetResult();

    // The run has a thread that can be left behind: nothing stops code of the host that never returns. Time is counted in slices, so that a machine that slept, or a process that was stopped, has waited for one of them at most.
    private async Task<ImmutableArray<Outcome>> GuardedAsync(ProgramSource source, Split split, ImmutableArray<int> items, bool endsAtFailure, Action<long> afterEach, CancellationToken cancellationToken)
    {
        if (Part.Process is not null)
        {
            return await RunAsync(source, split, items, endsAtFailure, afterEach, cancellationToken).ConfigureAwait(false);
        }

        int done = 0;
        Task<ImmutableArray<Outcome>> run = Task.Run(() => RunAsync(source, split, items, endsAtFailure, Done, cancellationToken), CancellationToken.None);
        for (int before = Volatile.Read(ref done), waited = 0; ;)
        {
            using CancellationTokenSource back = new();
            if (await Task.WhenAny(run, Task.Delay(Guard / GuardSlices, Clock, back.Token)).ConfigureAwait(false) == run)
            {
                await back.CancelAsync().ConfigureAwait(false);
                return await run.ConfigureAwait(false);
            }

            int now = Volatile.Read(ref done);
            (waited, before) = (now == before ? waited + 1 : 0, now);
            if (waited == GuardSlices && !run.IsCompleted)
            {
                throw new FaultException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The scorer has not come back from {split} input {items[before]} for {Guard.TotalSeconds:N0} seconds, a small part of which is all that a program may spend: it waits or loops, or a helper that it offers does. If it is only slow, give it longer ({GuardsName}). The program was: {Part.Describe(source)}"));
            }
        }

        void Done(long fuel)
        {
            afterEach(fuel);
            Interlocked.Increment(ref done);
        }
    }

    /// <inheritdoc />
    /// <remarks>The means of the scorer's other figures.</remarks>
    public override IReadOnlyList<Summary> Summarize(Split split, ImmutableArray<Outcome> outcomes)
    {
        if (outcomes.IsEmpty || outcomes.Any(o => o is not Scored { Output: not null }))
        {
            return [];
        }

        ImmutableSortedDictionary<string, double>[] metrics =
            [.. outcomes.Cast<Scored>().Select(o => JsonSerializer.Deserialize(o.Output!, ProgramsJson.Default.ImmutableSortedDictionaryStringDouble)!)];
        return [.. metrics[0].Keys.Where(name => metrics.All(m => m.ContainsKey(name))).Select(name =>
        {
            double[] values = [.. metrics.Select(m => m[name])];
            return new Summary(name, values.Average(), MeanInterval.OverItems(values, new Rng(1, $"metrics/{name}")));
        })];
    }

    /// <summary>A program as a delegate to keep, run as it was scored: in the sandbox, each call with <see cref="Fuel"/>. For one without the sandbox see <see cref="UnconfinedProgram"/>.</summary>
    /// <param name="program">The program: what a verdict's winner holds.</param>
    /// <exception cref="InputException">It does not compile, or its candidates run in processes of their own.</exception>
    public ConfinedProgram<TDelegate> Confine(ProgramSource program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Part.Process is not null ? throw new InputException("Programs of this study run in processes of their own: ProgramPart.Process calls them.")
            : Part.TryRead(program, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals) ? new(Part.Compiler.Compile(syntax), Fuel)
            : throw new InputException($"The program does not compile: {refusals[0]}");
    }

    /// <inheritdoc />
    public override ImmutableArray<ProgramRun> Rerun(ProgramSource program, Split split, IEnumerable<int> items)
    {
        List<long> fuel = [];
        ImmutableArray<Outcome> outcomes = RunAsync(program, split, items, endsAtFailure: false, fuel.Add, CancellationToken.None).GetAwaiter().GetResult();
        return [.. outcomes.Select((outcome, i) => new ProgramRun(outcome, i < fuel.Count ? fuel[i] : 0))];
    }

    /// <inheritdoc />
    public override ProgramTrace Trace(ProgramSource program, Split split, int item)
    {
        ArgumentNullException.ThrowIfNull(program);
        CallRecorder<TDelegate> calls = new(Part.Signature);
        if (Part.Process is { } process)
        {
            ProgramCompilation compilation = process.CompileAsync(program.Text).GetAwaiter().GetResult();
            return compilation.Program is { } inProcess
                ? new(new(InProcessAsync(process, inProcess, split, item, calls, CancellationToken.None).GetAwaiter().GetResult(), 0), null, calls.Calls, calls.IsCut)
                : new(new(NotCompiled(compilation.Refusals), 0), null, [], IsCut: false);
        }

        if (!Part.Compiler.TryRead(program.Text, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals))
        {
            return new(new(NotCompiled(refusals), 0), null, [], IsCut: false);
        }

        using HoleProgram compiled = Part.Compiler.Compile(syntax);
        using HoleInstance run = compiled.Start(Fuel);
        Outcome outcome = Score(() => run.Trap, calls.Around(run.As<TDelegate>()), split, item);
        int? line = null;
        if (run.Trap is not HoleTrap.None)
        {
            HoleInterpreter slow = Part.Compiler.Trace(syntax);
            slow.Refuel(run.Trap is HoleTrap.Fuel ? Math.Min(Fuel, TracedFuel) : Fuel); // an endless loop is one long before its end
            Score(() => slow.Trap, slow.As<TDelegate>(), split, item);
            line = slow.Trap == run.Trap ? slow.Line : null;
        }

        return new(new(outcome, Fuel - run.Fuel), line, calls.Calls, calls.IsCut);
    }

    // In the sandbox for holes it is done when it returns. A search needs no more of a program than that it fails; where one is judged, every input counts.
    private async Task<ImmutableArray<Outcome>> RunAsync(
        ProgramSource source, Split split, IEnumerable<int> items, bool endsAtFailure, Action<long> afterEach, CancellationToken cancellationToken)
    {
        if (Part.Process is { } process)
        {
            ProgramCompilation compilation = await process.CompileAsync(source.Text, cancellationToken).ConfigureAwait(false);
            return compilation.Program is { } program
                ? await EachAsync(items, async item => (await InProcessAsync(process, program, split, item, calls: null, cancellationToken).ConfigureAwait(false), 0), endsAtFailure, afterEach).ConfigureAwait(false)
                : [.. items.Select(_ => NotCompiled(compilation.Refusals))];
        }

        if (!Part.TryRead(source, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals))
        {
            return [.. items.Select(_ => NotCompiled(refusals))]; // its text stands with the candidate, not with every item
        }

        using Runs runs = new(this, syntax);
        return await EachAsync(items, item => ValueTask.FromResult(runs.Score(split, item)), endsAtFailure, afterEach).ConfigureAwait(false);
    }

    private static async ValueTask<ImmutableArray<Outcome>> EachAsync(
        IEnumerable<int> items, Func<int, ValueTask<(Outcome Outcome, long Fuel)>> runAsync, bool endsAtFailure, Action<long> afterEach)
    {
        List<Outcome> outcomes = [];
        Rejected? failed = null;
        foreach (int item in items)
        {
            if (failed is not null && endsAtFailure)
            {
                outcomes.Add(new Rejected("Not run, since the program had failed before."));
                continue;
            }

            (Outcome outcome, long used) = await runAsync(item).ConfigureAwait(false);
            outcomes.Add(outcome);
            failed ??= outcome as Rejected;
            afterEach(used);
        }

        return [.. outcomes];
    }

    private async Task<Outcome> InProcessAsync(ProgramHole process, CompiledProgram program, Split split, int item, CallRecorder<TDelegate>? calls, CancellationToken cancellationToken)
    {
        ProgramScore score = default;
        Exception? thrown = null; // by the scorer: whatever else is thrown is no outcome
        ProgramFailure? failure = await process.UseAsync<TDelegate>(
            program,
            hole =>
            {
                thrown = null;
                try
                {
                    score = Ask(calls is null ? hole : calls.Around(hole), split, item);
                }
                catch (Exception e) when (IsScorers(e))
                {
                    thrown = e;
                }
            },
            cancellationToken).ConfigureAwait(false);
        return failure is not null ? RejectedOn(split, item, failure.ToString())
            : thrown is not null ? RejectedOn(split, item, $"the scorer threw {thrown.GetType().Name}: {thrown.Message}")
            : Judged(score, split, item);
    }

    private ProgramScore Ask(TDelegate hole, Split split, int item) => _score(_listener is null ? hole : _listener.Around(hole), _inputs.Of(split)[item].Input);

    private Outcome Score(Func<HoleTrap> trap, TDelegate hole, Split split, int item)
    {
        try
        {
            ProgramScore score = Ask(hole, split, item);
            if (trap() is not HoleTrap.None and var swallowed)
            {
                return RejectedOn(split, item, new HoleTrapException(swallowed).Message); // the scorer has swallowed it
            }

            return Judged(score, split, item);
        }
        catch (HoleTrapException e)
        {
            return RejectedOn(split, item, e.Message);
        }
        catch (Exception e) when (IsScorers(e))
        {
            return RejectedOn(split, item, trap() is not HoleTrap.None and var wrapped
                ? new HoleTrapException(wrapped).Message // the scorer has wrapped it
                : $"the scorer threw {e.GetType().Name}: {e.Message}");
        }
    }

    private static Outcome Judged(ProgramScore score, Split split, int item) =>
        !double.IsFinite(score.Value) ? RejectedOn(split, item, string.Create(CultureInfo.InvariantCulture, $"its score is {score.Value}."))
        : score.Metrics is not { Count: > 0 } metrics ? new Scored(score.Value)
        : metrics.FirstOrDefault(m => !double.IsFinite(m.Value)) is { Key: { } name, Value: var value } ? RejectedOn(split, item, string.Create(CultureInfo.InvariantCulture, $"its {name} is {value}."))
        : new Scored(score.Value, JsonSerializer.Serialize(metrics, ProgramsJson.Default.ImmutableSortedDictionaryStringDouble));

    private static bool IsScorers(Exception e) => e is not OperationCanceledException and not FaultException and not OutOfMemoryException;

    private static Rejected NotCompiled(IReadOnlyList<Refusal> refusals) => new($"{Refused}{refusals[0]}");

    private static Rejected RejectedOn(Split split, int item, string reason) => new(string.Create(CultureInfo.InvariantCulture, $"On {split} input {item}: {reason}"));

    /// <summary>Runs of one program, input by input: interpreted at first where that may do, compiled as soon as it takes too much. Both give the same, to the bit and to the unit of fuel.</summary>
    private sealed class Runs(ProgramObjective<TDelegate, TInput> objective, HoleSyntax syntax) : IDisposable
    {
        private HoleInterpreter? _interpreter = objective.Interprets ? objective.Part.Compiler.Interpret(syntax) : null;
        private long _left = objective.Interprets ? InterpretedFuel + (InterpretedFuelANode * syntax.Size) : 0; // that may be spent interpreting
        private TDelegate? _interpreted, _compiled;
        private HoleProgram? _program;
        private HoleInstance? _instance;

        public (Outcome Outcome, long Fuel) Score(Split split, int item)
        {
            (Outcome Outcome, long Fuel) run = Run(split, item);
            if (run.Outcome is Rejected)
            {
                // What a trap has left behind is not the next input's.
                _instance?.Dispose();
                (_instance, _compiled, _interpreted) = (null, null, null);
                _interpreter = _interpreter is null ? null : objective.Part.Compiler.Interpret(syntax);
            }

            return run;
        }

        public void Dispose()
        {
            _instance?.Dispose();
            _program?.Dispose();
        }

        private (Outcome Outcome, long Fuel) Run(Split split, int item)
        {
            if (_interpreter is null || _left <= 0)
            {
                return Compiled(split, item);
            }

            long granted = Math.Min(objective.Fuel, _left);
            _interpreter.Refuel(granted);
            Outcome outcome = objective.Score(() => _interpreter.Trap, _interpreted ??= _interpreter.As<TDelegate>(), split, item);
            _left -= granted - _interpreter.Fuel;
            if (_interpreter.Trap == HoleTrap.Fuel && granted < objective.Fuel)
            {
                _left = 0;
                return Compiled(split, item); // from the beginning of this input
            }

            return (outcome, granted - _interpreter.Fuel);
        }

        private (Outcome Outcome, long Fuel) Compiled(Split split, int item)
        {
            _program ??= objective.Part.Compiler.Compile(syntax);
            _instance ??= _program.Start(objective.Fuel);
            _instance.Refuel(objective.Fuel);
            Outcome outcome = objective.Score(() => _instance.Trap, _compiled ??= _instance.As<TDelegate>(), split, item);
            return (outcome, objective.Fuel - _instance.Fuel);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProgramSource))]
[JsonSerializable(typeof(HoleLimits))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, double>))]
internal sealed partial class ProgramsJson : JsonSerializerContext;
