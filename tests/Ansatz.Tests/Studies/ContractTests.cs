using System.Collections.Immutable;
using Ansatz.Testing;

namespace Ansatz.Tests.Studies;

public sealed class RandomSearchOnSphereTests : OptimizerContract<ImmutableArray<double>>
{
    protected override Objective<ImmutableArray<double>> Objective() => new Sphere();

    protected override Optimizer<ImmutableArray<double>> Optimizer() => new RandomSearch(24);
}

public sealed class RandomSearchOnThresholdsTests : OptimizerContract<ImmutableArray<double>>
{
    protected override Objective<ImmutableArray<double>> Objective() => new Thresholds();

    protected override Optimizer<ImmutableArray<double>> Optimizer() => new RandomSearch(24, batch: 5);
}

public sealed class SphereTests : ObjectiveContract<ImmutableArray<double>>
{
    protected override Objective<ImmutableArray<double>> Create() => new Sphere();
}

public sealed class ThresholdsTests : ObjectiveContract<ImmutableArray<double>>
{
    protected override Objective<ImmutableArray<double>> Create() => new Thresholds();
}
