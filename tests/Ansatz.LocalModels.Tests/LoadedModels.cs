using Ansatz.LocalModels.Tests;

[assembly: AssemblyFixture(typeof(LoadedModels))]

namespace Ansatz.LocalModels.Tests;

/// <summary>The models that all tests share: as shipped, and its Q8_0 copy, which is what users get.</summary>
public sealed class LoadedModels : IDisposable
{
    public EmbeddedModel Shipped { get; } = EmbeddedModel.Load(new() { Requantize = false });

    public EmbeddedModel Requantized { get; } = EmbeddedModel.Load();

    public void Dispose()
    {
        Shipped.Dispose();
        Requantized.Dispose();
    }
}
