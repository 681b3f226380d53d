using System.Collections.Immutable;
using Ansatz.Testing;

namespace Ansatz.Programs.Tests;

/// <summary>FunSearch with the grammar, as every optimizer.</summary>
public sealed class FunSearchContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new FunSearch(new GrammarMutator()) { Evaluations = 40, Database = new() { Islands = 2, ResetEvery = 15 } };
}

/// <summary>FunSearch in stages, as every optimizer.</summary>
public sealed class CascadeContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles(train: 6);

    protected override Optimizer<ProgramSource> Optimizer() => new FunSearch(new GrammarMutator()) { Evaluations = 40, Window = 3, Cascade = new([2, 4]) };
}

/// <summary>The control without a search, as every optimizer.</summary>
public sealed class RandomProgramsContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new RandomPrograms(new FunSearch(new GrammarMutator()) { Evaluations = 40 });
}

/// <summary>The control without a population, as every optimizer.</summary>
public sealed class HillClimberContract : OptimizerContract<ProgramSource>
{
    protected override Objective<ProgramSource> Objective() => Holes.TwoDoubles();

    protected override Optimizer<ProgramSource> Optimizer() => new HillClimber(new FunSearch(new GrammarMutator()) { Evaluations = 40 });
}

/// <summary>What is FunSearch's own.</summary>
public sealed class FunSearchTests
{
    [Fact]
    public async Task Cascade_DroppedPrograms_ArePrunedAndNeverParents()
    {
        using TempFolder folder = new();
        FunSearch search = new(new GrammarMutator()) { Evaluations = 200, Cascade = new([2]) };
        await using Study<ProgramSource> study = Study.Open(folder.File("a.db"), Holes.TwoDoubles(train: 6), search, Budget.Unlimited, 1, new() { Controls = [Arm<ProgramSource>.OfYours()], Seeds = 2 });
        await foreach (StudyEvent _ in study.RunAsync(TestContext.Current.CancellationToken))
        {
        }

        ImmutableArray<StoredCandidate> candidates = [.. study.Journal.Candidates(study.Journal.Find(study.Name)!, "found (seed 1)")];
        HashSet<string> pruned = [.. candidates.Where(c => c.IsPruned).Select(c => c.Id)];
        Assert.InRange(pruned.Count, 30, 150); // half or less: later programs are better than those before
        Assert.All(candidates, c => Assert.DoesNotContain(c.Parents, pruned.Contains));
    }
}
