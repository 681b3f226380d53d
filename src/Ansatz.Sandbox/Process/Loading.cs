using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>In the child, before the lock: after it no file can be opened, so what may ever be needed is loaded.</summary>
internal static class Loading
{
    /// <summary>Loads assemblies, with all that they use.</summary>
    public static void WithAllTheyUse(IEnumerable<AssemblyName> names)
    {
        HashSet<string> loaded = [];
        Stack<AssemblyName> open = new(names);
        while (open.TryPop(out AssemblyName? name))
        {
            if (loaded.Add(name.Name!))
            {
                foreach (AssemblyName used in Assembly.Load(name).GetReferencedAssemblies())
                {
                    open.Push(used);
                }
            }
        }
    }
}
